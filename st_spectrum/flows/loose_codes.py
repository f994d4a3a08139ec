"""Codes of our own range that no record of ServiceTrade carries: customers and sites share no key
by which a double would show.
"""

import re
from collections.abc import Iterable, Iterator

from st_spectrum.account.master import CodeRule
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.documents.guards import AcceptedDouble, Double
from st_spectrum.ledger.ledger import Ledger


def loose_codes(
    ledger: Ledger, flow: str, in_use: Iterable[str], rule: CodeRule, carried: frozenset[str]
) -> Iterator[Double]:
    """Codes in use that we may have given and neither ServiceTrade nor the ledger knows."""
    if loose := of_range(in_use, rule) - carried:
        # What crossed and was deleted since, or is crossing just now, the ledger knows.
        known = {entry.target_key for entry in ledger.entries(flow)}
        yield from (code_without_record(flow, code) for code in sorted(loose - known))


def of_range(codes: Iterable[str], rule: CodeRule) -> frozenset[str]:
    """The codes that could have been given out by the account's rule."""
    form = re.compile(rf"{re.escape(rule.prefix)}(\d{{{len(str(rule.last))}}})")
    numbers = ((code, form.fullmatch(code)) for code in codes)
    return frozenset(
        code for code, found in numbers if found and rule.first <= int(found[1]) <= rule.last
    )


def code_without_record(flow: str, code: str) -> Double:
    """A code that we may have given a record made twice, or that somebody typed in our range."""
    noun = FLOWS[flow].target_noun
    return Double(
        flow,
        code,
        f"{noun} {code} is of our range of codes, but no record in ServiceTrade carries it",
        (f"{noun} {code} in Spectrum",),
        "If it is a double, make it inactive in Spectrum; if it is somebody's, accept it: ledger"
        f" accept-double {flow} {code}.",
        is_error=False,
    )


def reason_of_one_like_it(flow: str, code: str) -> str:
    """What a new record waits for that is like the one under a code which nobody knows."""
    return (
        f"Spectrum has {FLOWS[flow].target_noun} {code}, which is like it and of our codes, and"
        " which nothing in ServiceTrade carries"
    )


def accept_one_like_it(ledger: Ledger, flow: str, code: str) -> tuple[Double, ...]:
    """Take a person's word that a code is somebody else's for which a record waits. The night tells
    of it later, or never: not of a code of an earlier rule.
    """
    reason = reason_of_one_like_it(flow, code)
    entries = (held.entry for _, held in ledger.open_entries(flow) if held is not None)
    if not any(entry.reason == reason for entry in entries):
        return ()
    double = code_without_record(flow, code)
    ledger.put(AcceptedDouble(str(double)), double.id)
    return (double,)

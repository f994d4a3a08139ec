"""Signing a period: what both systems add up to at that moment is kept with who signed it, and a
later change of it is told.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.equation import Line
from st_spectrum.domain.period_comparison import PeriodComparison
from st_spectrum.engine.people.person import NotDone, Person
from st_spectrum.ledger.documents.closing import Signature, SignedLine, SignedTotal, SignOff
from st_spectrum.ledger.ledger import Ledger

SHOWN = 10
"""So many changed totals are named in a sentence."""


def sign_off(
    ledger: Ledger, compared: PeriodComparison, last_day: date, today: date, person: Person
) -> Signature:
    """Keep that `person` signed what the comparison says. Signed again with nothing changed, the
    signature that stands is answered.

    Raises `NotDone` while the period is not over or its sides are not equal, and the ledger's error
    families.
    """
    if not person.who.strip():
        raise NotDone("say who you are")
    if today <= last_day:
        raise NotDone(f"{compared.period} is not over before the end of {last_day}")
    if not compared.is_equal:
        raise NotDone(f"{compared.flow} of {compared.period}: {compared.verdict.rstrip('.')}")
    standing = newest_signature(ledger, compared.flow, compared.period)
    if standing is not None and standing.digest == compared.digest:
        return standing
    if standing is not None and not person.note.strip():
        raise NotDone(f"{_signed(standing)} and it has changed since; say in the note why")
    signature = _signature(ledger, compared, person)
    ledger.revise(
        SignOff,
        _name(compared.flow, compared.period),
        lambda kept: SignOff((*(kept.signatures if kept else ()), signature)),
    )
    return signature


def lines_not_in_spectrum(compared: PeriodComparison) -> tuple[SignedLine, ...]:
    """What is approved and does not stand in Spectrum, line by line, or stands there too much, such
    as a void that waits. Whoever signs says that this may be so.
    """
    equation = compared.equation
    if equation is None:
        return ()
    return tuple(
        SignedLine(equation.name_of(line), len(records), str(equation.lines[line]))
        for line in Line
        if (records := equation.of(line))
    )


def not_in_spectrum_sentence(compared: PeriodComparison) -> str:
    """The same for people; "" where all of it stands there."""
    parts = [
        f"{one.line} {Decimal(one.amount):,.2f} of {one.records}"
        f" record{'' if one.records == 1 else 's'}"
        for one in lines_not_in_spectrum(compared)
    ]
    return f"Signed although it does not stand in Spectrum: {'; '.join(parts)}." if parts else ""


def newest_signature(ledger: Ledger, flow: str, period: str) -> Signature | None:
    """The one that counts. Raises `DamagedDocument`, for a signature is never forgotten."""
    kept = ledger.document(SignOff, _name(flow, period))
    return kept.signatures[-1] if kept and kept.signatures else None


def signed_sentence(ledger: Ledger, compared: PeriodComparison) -> str:
    """Who signed the period and whether it is still as it was signed; "" where nobody has."""
    standing = newest_signature(ledger, compared.flow, compared.period)
    if standing is None:
        return ""
    changed = change_since_signed(ledger, compared)
    return changed or f"{_signed(standing)}, and nothing has changed since."


def change_since_signed(ledger: Ledger, compared: PeriodComparison) -> str:
    """What is not as it was signed, in a sentence; "" while nothing is, where nobody signed, and
    where Spectrum cannot be seen.
    """
    standing = newest_signature(ledger, compared.flow, compared.period)
    if standing is None or compared.unseen or standing.digest == compared.digest:
        return ""
    changes = list(_changes(standing, compared))
    more = f"; and {len(changes) - SHOWN} more" if len(changes) > SHOWN else ""
    at = f"{standing.at:%Y-%m-%d}"
    return (
        f"{compared.flow} of {compared.period} changed since {standing.who} signed it on {at}:"
        f" {'; '.join(changes[:SHOWN])}{more}."
    )


def changes_since_signed(ledger: Ledger, compared: FlowCompared) -> list[str]:
    """The same of every period of a flow that somebody signed."""
    periods = (PeriodComparison.of(compared, one.period) for one in compared.equations)
    changes = (change_since_signed(ledger, period) for period in periods)
    return list(filter(None, changes))


def _changes(standing: Signature, compared: PeriodComparison) -> Iterator[str]:
    for name, then, now in (
        ("approved", standing.approved, compared.approved),
        ("in Spectrum", standing.accepted, compared.accepted),
    ):
        if Decimal(then) != now:
            yield f"{name} {Decimal(then):,.2f} then, {now:,.2f} now"
    signed = {
        (total.dimension, total.code): (Decimal(total.servicetrade), Decimal(total.spectrum))
        for total in standing.totals
    }
    found = {
        (total.dimension, total.code): (total.servicetrade, total.spectrum)
        for total in compared.totals
    }
    none = (Decimal(0), Decimal(0))
    for key in sorted(signed.keys() | found.keys()):
        before, after = signed.get(key, none), found.get(key, none)
        sides = zip(("ServiceTrade", "Spectrum"), before, after, strict=True)
        moved = [
            f"{side} {then:,.2f} then, {now:,.2f} now" for side, then, now in sides if then != now
        ]
        if moved:
            yield f"{' '.join(key)}: {' and '.join(moved)}"


def _signature(ledger: Ledger, compared: PeriodComparison, person: Person) -> Signature:
    totals = tuple(
        SignedTotal(total.dimension, total.code, str(total.servicetrade), str(total.spectrum))
        for total in compared.totals
    )
    return Signature(
        ledger.now(),
        person.who.strip(),
        person.note.strip(),
        compared.digest,
        str(compared.approved),
        str(compared.accepted),
        totals,
        lines_not_in_spectrum(compared),
    )


def _signed(standing: Signature) -> str:
    return f"{standing.who} signed it on {standing.at:%Y-%m-%d}"


def _name(flow: str, period: str) -> str:
    return f"{flow}/{period}"

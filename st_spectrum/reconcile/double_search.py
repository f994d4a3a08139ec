"""Looks every night for what stands twice: a grouped statement for each table, a list of job items, the codes in use."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, timedelta

from st_spectrum.account import Account
from st_spectrum.engine.reservations import owner_of
from st_spectrum.flows.session import Session
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.done_cards import FLOW as TIMECARDS
from st_spectrum.flows.timecards.done_cards import DoneCard, done_cards
from st_spectrum.flows.timecards.payroll_week import week_end
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.reconcile.doubles import (
    ACCEPTED,
    DOUBLES,
    TOKEN,
    Double,
    card_in_two_tables,
    cards_doubled,
    code_without_record,
    credited_twice,
    documents_doubled,
    items_twice,
    of_range,
    offsets_of,
)

ITEMS_OF_DAYS = 60
"""Job items that were touched within so many days are looked at: a double is made when the item is."""


def look_for_doubles(session: Session, flow: str, carried: frozenset[str], now: float) -> tuple[Double, ...]:
    """What stands twice, as far as it can be seen; kept in the ledger. `carried` are the codes that ServiceTrade's records carry.

    Raises a `SyncFault` when a table could not be read.
    """
    found = tuple(_found(session, flow, carried, now))
    accepted = frozenset(session.ledger.kept_keys(ACCEPTED))
    standing = tuple(double for double in found if double.id not in accepted)
    session.ledger.keep(DOUBLES, flow, json.dumps([asdict(double) for double in standing], ensure_ascii=False))
    return standing


def _found(session: Session, flow: str, carried: frozenset[str], now: float) -> Iterator[Double]:
    infolink, rules = session.spectrum.infolink, session.account
    if flow == "purchase_orders":
        since = int(now) - ITEMS_OF_DAYS * 24 * 3600
        items = session.servicetrade.job_items(updated_after=since) if infolink is not None else ()
        yield from items_twice(items, rules.servicetrade.external_system)
    elif infolink is None:
        return
    elif flow == TIMECARDS:
        from st_spectrum.spectrum.double_tables import cards_in_two_tables, cards_twice

        copies = [each for each in cards_twice(infolink) if TOKEN.fullmatch(each.token)]
        weeks = (each.work_date for each in copies if each.work_date)
        yield from cards_doubled(copies, _sent_cards(session.ledger, rules, weeks))
        across = (each for each in cards_in_two_tables(infolink) if TOKEN.fullmatch(each.token))
        yield from map(card_in_two_tables, across)
    elif flow == "invoices":
        from st_spectrum.spectrum.double_tables import ar_documents_reversed, ar_documents_twice

        yield from documents_doubled(ar_documents_twice(infolink))
        taken_back = tuple(_offset_besides(session, ar_documents_reversed(infolink)))
        offsets = [offset for *_, offset in taken_back]
        yield from credited_twice(taken_back, session.spectrum.find_ar_documents(offsets) if offsets else ())
    elif flow in ("customers", "sites"):
        codes = session.spectrum.customer_codes() if flow == "customers" else session.spectrum.site_ids()
        rule = rules.customers.codes if flow == "customers" else rules.sites.codes
        if loose := of_range(codes.codes, rule) - carried:
            # What crossed and was deleted since, or is crossing just now, the ledger knows.
            known = {entry.target_key for entry in session.ledger.entries(flow)}
            yield from (code_without_record(flow, code) for code in sorted(loose - known))


def _offset_besides(session: Session, reversed_there: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Customer, number and offset of what is ours, was reversed at the screen, and has an offset reserved in the ledger."""
    rule = session.account.invoices.number
    for customer, number in reversed_there:
        if (owner := owner_of(session.ledger, "invoices", number)) is None:
            continue
        for offset in offsets_of(number, rule):
            if owner_of(session.ledger, "invoices", offset) == owner:
                yield customer, number, offset


def _sent_cards(ledger: Ledger, account: Account, days: Iterable[date]) -> dict[str, DoneCard]:
    starts_on = account.timecards.week_starts_on
    # A clerk may have corrected the day, and time that was read under another rule stands a week aside.
    ends = {week_end(day, starts_on) + timedelta(weeks=aside) for day in days for aside in (-1, 0, 1)}
    return {token_of(key): card for end in sorted(ends) for key, card in done_cards(ledger, f"{end:%Y%m%d}").items()}

"""Time that stands twice in payroll under one token of ours."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from st_spectrum.account import Account
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.done_cards import FLOW, DoneCard, done_cards
from st_spectrum.flows.timecards.paid_hours import is_part_of
from st_spectrum.flows.timecards.payroll_week import week_end
from st_spectrum.ledger.documents.guards import Double
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.spectrum.timecards import TOKEN

if TYPE_CHECKING:
    from st_spectrum.spectrum.infolink.double_tables import CardCopies
    from st_spectrum.spectrum.infolink.reader import InfoLinkReader

IN_TWO_TABLES = "stands in two tables of payroll"


def time_standing_twice(
    infolink: "InfoLinkReader", ledger: Ledger, account: Account
) -> Iterator[Double]:
    """A grouped statement for each table of payroll. Raises a `SyncFault`."""
    from st_spectrum.spectrum.infolink.double_tables import cards_in_two_tables, cards_twice

    copies = [card for card in cards_twice(infolink) if TOKEN.fullmatch(card.token)]
    weeks = (card.work_date for card in copies if card.work_date)
    yield from cards_doubled(copies, _sent_cards(ledger, account, weeks))
    across = (card for card in cards_in_two_tables(infolink) if TOKEN.fullmatch(card.token))
    yield from map(card_in_two_tables, across)


def _sent_cards(ledger: Ledger, account: Account, days: Iterable[date]) -> dict[str, DoneCard]:
    starts_on = account.timecards.week_starts_on
    # A clerk may have corrected the day, and time that was read under another rule stands a week
    # aside.
    ends = {
        week_end(day, starts_on) + timedelta(weeks=aside) for day in days for aside in (-1, 0, 1)
    }
    return {
        token_of(key): card
        for end in sorted(ends)
        for key, card in done_cards(ledger, f"{end:%Y%m%d}").items()
    }


def cards_doubled(copies: "Iterable[CardCopies]", sent: Mapping[str, DoneCard]) -> Iterator[Double]:
    """Rows of one table that pay more hours than were sent, or take hours away: payroll itself may
    split a card, and takes one back with a minus.
    """
    for row in copies:
        card = sent.get(row.token)
        if card is not None and is_part_of(row.hours, card.hours):
            continue
        (table,) = row.tables
        key = card.key if card else row.token
        day = f" on {row.work_date:%m/%d/%Y}" if row.work_date else ""
        hours = f"{row.hours:.2f} h{day}" + (f", sent were {card.hours:.2f} h" if card else "")
        who = f" of employee {card.employee}" if card and card.employee else ""
        yield Double(
            FLOW,
            key,
            f"card {row.token}{who} stands {row.copies} times in payroll",
            (f"{table}: {row.copies} rows of {hours}",),
            "Take the surplus rows out of payroll before it is paid; if they were paid, correct the"
            " next payroll.",
        )


def card_in_two_tables(row: "CardCopies") -> Double:
    """A transfer that was reversed leaves a card in both, so this alone is no error."""
    return Double(
        FLOW,
        row.token,
        f"card {row.token} {IN_TWO_TABLES}",
        row.tables,
        "Nothing to do if a pre-time card transfer was reversed; else take one of the two out.",
        is_error=False,
    )

"""Pre-time cards of ours as a comparison of both sides reads them: every row, wherever it stands
[SP 16.4].
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial

from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.infolink.time_tables import (
    TABLES,
    TOKENS_AT_ONCE,
    card_of_row,
    cards_of,
    our_cards_of_spans,
    rows,
)
from st_spectrum.spectrum.timecards import StoredTimeCard


def our_rows(reader: InfoLinkReader, first: date, last: date) -> Iterator[StoredTimeCard]:
    """The rows of these days whose message begins as our tokens do: one statement for each table,
    in the order in which a card passes through them.
    """
    for table in TABLES:
        for row in rows(reader, table, partial(our_cards_of_spans, spans=[(first, last)])):
            yield card_of_row(table.name, row)


def rows_of_tokens(reader: InfoLinkReader, tokens: Iterable[str]) -> Iterator[StoredTimeCard]:
    """The rows that bear these tokens, whatever their day: the database goes through all cards."""
    wanted = sorted(set(tokens))
    for start in range(0, len(wanted), TOKENS_AT_ONCE):
        for table in TABLES:
            some = wanted[start : start + TOKENS_AT_ONCE]
            for row in rows(reader, table, partial(cards_of, tokens=some)):
                yield card_of_row(table.name, row)

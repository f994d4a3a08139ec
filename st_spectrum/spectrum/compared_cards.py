"""Pre-time cards of ours as a comparison of both sides reads them: every row, wherever it stands
[SP 16.4].
"""

from collections.abc import Iterable, Iterator
from datetime import date

from st_spectrum.spectrum.infolink import InfoLinkReader
from st_spectrum.spectrum.time_tables import (
    TABLES,
    TOKENS_AT_ONCE,
    card_of_row,
    cards_of,
    our_cards_of_spans,
)
from st_spectrum.spectrum.timecards import StoredTimeCard


def our_rows(reader: InfoLinkReader, first: date, last: date) -> Iterator[StoredTimeCard]:
    """The rows of these days whose message begins as our tokens do: one statement for each table, in
    the order in which a card passes through them.
    """
    for table in TABLES:
        statement = our_cards_of_spans(table, reader.company_code, [(first, last)])
        for row in reader.raw("pre_time_cards", statement):
            yield card_of_row(table.name, row)


def rows_of_tokens(reader: InfoLinkReader, tokens: Iterable[str]) -> Iterator[StoredTimeCard]:
    """The rows that bear these tokens, whatever their day: the database goes through all cards."""
    wanted = sorted(set(tokens))
    for start in range(0, len(wanted), TOKENS_AT_ONCE):
        for table in TABLES:
            statement = cards_of(table, reader.company_code, wanted[start : start + TOKENS_AT_ONCE])
            for row in reader.raw("pre_time_cards", statement):
                yield card_of_row(table.name, row)

"""Writes what a person decided: the code of a customer as the external id of its company [ST 11].

Each write is noted in a log before it is made, so that a kill in the middle loses nothing: the next
run finds the company carrying its code already, or not yet.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from st_spectrum.domain.errors import OutcomeUnknown, Rejected
from st_spectrum.match.log import MatchLog
from st_spectrum.match.workbook import Row, Word
from st_spectrum.servicetrade.client import ServiceTrade

ENTITY = "company"


@dataclass(frozen=True)
class Outcome:
    """What became of one row; `result` is linked, already, refused, undecided, new or ignored."""

    row: Row
    result: str
    reason: str = ""


def judge(rows: Sequence[Row]) -> Iterator[Outcome]:
    """Each row that asks for no write, or may not have it; a row that comes back as "link" may.

    A company or a customer that is linked twice in one list is refused in every row.
    """
    links = [row for row in rows if row.word == Word.LINK and row.company and row.customer]
    companies = Counter(row.company for row in links)
    customers = Counter(row.customer for row in links)
    for row in rows:
        if row.is_altered:
            yield Outcome(
                row, "refused", "the row was altered: only the column for your word may be"
            )
        elif row.word not in tuple(Word):
            yield Outcome(row, "refused", f"{row.word!r} is none of link, new and ignore")
        elif row.word != Word.LINK:
            results = {Word.NEW: "new", Word.IGNORE: "ignored", Word.NOTHING: "undecided"}
            is_plain = not (row.company and row.customer) and row.word == Word.NOTHING
            yield Outcome(row, "ignored" if is_plain else results[Word(row.word)])
        elif not (row.company and row.customer):
            yield Outcome(row, "refused", "there is nothing to link it with")
        elif companies[row.company] > 1:
            yield Outcome(row, "refused", f"company {row.company} is linked in several rows")
        elif customers[row.customer] > 1:
            yield Outcome(row, "refused", f"customer {row.customer} is linked in several rows")
        else:
            yield Outcome(row, "link")


def apply_rows(
    rows: Sequence[Row], servicetrade: ServiceTrade, codes: frozenset[str] | None, log: MatchLog
) -> Iterator[Outcome]:
    """What became of each row. `codes` are the customers that stand in Spectrum, None where nobody
    can tell. Raises a `SyncFault` when ServiceTrade does not answer; then the same call goes on.
    """
    for outcome in judge(rows):
        if outcome.result != "link":
            yield outcome
        elif codes is not None and outcome.row.customer not in codes:
            yield Outcome(outcome.row, "refused", "Spectrum has no such customer any more")
        else:
            yield _link(outcome.row, servicetrade, log)


def _link(row: Row, servicetrade: ServiceTrade, log: MatchLog) -> Outcome:
    company, code = int(row.company), row.customer
    carried = servicetrade.external_id(ENTITY, company)
    if carried == code:
        return Outcome(row, "already")
    if carried:
        return Outcome(row, "refused", f"the company carries {carried} by now")
    # Who has the code may be asked only where it survives as part of an address.
    if "/" not in code and (other := servicetrade.find_by_external_id(ENTITY, code)):
        return Outcome(row, "refused", f"company {other} carries {code} by now")
    log.note("begun", row.company, code, row.cells["company name"])
    try:
        servicetrade.set_external_id(ENTITY, company, code)
    except Rejected as refusal:
        log.note("refused", row.company, code, str(refusal))
        return Outcome(row, "refused", str(refusal))
    except OutcomeUnknown:
        if servicetrade.external_id(ENTITY, company) != code:
            raise
    log.note("linked", row.company, code, row.cells["company name"])
    return Outcome(row, "linked")


def undo(
    pairs: Iterable[tuple[str, str]],
    servicetrade: ServiceTrade,
    crossed: frozenset[str],
    log: MatchLog,
) -> Iterator[tuple[str, str, str]]:
    """Company, code, and what became of each link that was written here. `crossed` are companies
    under which something has crossed: their links stay.
    """
    for company, code in pairs:
        carried = servicetrade.external_id(ENTITY, int(company))
        if carried != code:
            log.note("gone", company, code)
            yield company, code, f"left: it carries {carried or 'nothing'} by now"
        elif company in crossed:
            yield company, code, "left: something has crossed under it"
        else:
            log.note("undoing", company, code)
            servicetrade.set_external_id(ENTITY, int(company), "")
            log.note("undone", company, code)
            yield company, code, "undone"

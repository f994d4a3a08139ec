"""Writes what a person decided: the code of Spectrum as the external id of its record [ST 11].

Each write is noted in a log before it is made, so that a kill in the middle loses nothing: the next
run finds the record carrying its code already, or not yet.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from st_spectrum.domain.errors import OutcomeUnknown, Rejected
from st_spectrum.match.carriers import Carriers
from st_spectrum.match.kinds import CUSTOMERS, SITES, Kind
from st_spectrum.match.log import MatchLog
from st_spectrum.match.workbook import Row, Word
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.models import Job, Location


@dataclass(frozen=True)
class Outcome:
    """What became of one row; `result` is linked, already, refused, undecided, new or ignored."""

    row: Row
    result: str
    reason: str = ""
    is_settled: bool = False
    """Whether the record has, or gets, a code of Spectrum by another way than this row."""


@dataclass(frozen=True)
class Linking:
    """Where the external ids of one kind go, and what may not be linked any more."""

    kind: Kind
    servicetrade: ServiceTrade
    log: MatchLog
    codes: frozenset[str] | None = None
    """What stands in Spectrum, None where nobody can tell."""
    system: str = ""
    """The external system, the account's own one unless told."""
    is_on_its_way: Callable[[str], bool] = lambda _: False
    """Whether a flow has begun to make such a record for this one."""
    listed: Carriers | None = None
    """Such records with external ids, and `companies` that may own them, asked for once."""
    companies: Carriers | None = None

    def carried(self, record: int) -> str | None:
        """The external id that it has."""
        return self.servicetrade.external_id(self.kind.entity, record, self.system)

    def carried_as_listed(self, record: int) -> str | None:
        """The same as a list says that is a minute old; one that is in no list is asked for."""
        known = self.listed.record(record) if self.listed else None
        if self.listed is None or known is None:
            return self.carried(record)
        return self.listed.code_of(known) or None

    def owner_of(self, record: int) -> str:
        """The company that it belongs to; "" where it is gone."""
        known = self.listed.record(record) if self.listed else None
        if self.kind == SITES:
            location = known if isinstance(known, Location) else self.servicetrade.location(record)
            return str(location.company.id) if location else ""
        job = known if isinstance(known, Job) else self.servicetrade.job(record)
        return str(job.customer.id) if job else ""

    def customer_of(self, company: str) -> str:
        """What a company is called in Spectrum."""
        known = self.companies.record(int(company)) if self.companies else None
        if self.companies is None or known is None:
            return self.servicetrade.external_id(CUSTOMERS.entity, int(company)) or ""
        return self.companies.code_of(known)

    def holder_of(self, code: str) -> int | None:
        """The record that carries a code by now."""
        listed = self.listed.holder(code) if self.listed else None
        if listed is not None or (self.listed is not None and self.kind != SITES):
            return listed
        # Only customers' locations are listed. Who has the code may be asked only where it survives
        # as part of an address.
        if "/" in code or not code.strip("."):
            return None
        return self.servicetrade.find_by_external_id(self.kind.entity, code, self.system)

    def set(self, record: int, code: str) -> None:
        """Raises `Rejected`, or `OutcomeUnknown` when it cannot be told whether it was taken."""
        try:
            self.servicetrade.set_external_id(self.kind.entity, record, code, self.system)
        except OutcomeUnknown:
            if (self.carried(record) or "") != code:
                raise


def judge(rows: Sequence[Row]) -> Iterator[Outcome]:
    """Each row of one kind that asks for no write, or may not have it; a row that comes back as
    "link" may. What is linked twice in one list is refused in every row.
    """
    links = [row for row in rows if row.word == Word.LINK and row.here and row.there]
    heres = Counter(row.here for row in links)
    theres = Counter(row.there for row in links)
    for row in rows:
        if row.is_altered:
            yield Outcome(
                row, "refused", "the row was altered: only the column for your word may be"
            )
        elif row.word not in tuple(Word):
            yield Outcome(row, "refused", f"{row.word!r} is none of link, new and ignore")
        elif row.word != Word.LINK:
            results = {Word.NEW: "new", Word.IGNORE: "ignored", Word.NOTHING: "undecided"}
            is_plain = not (row.here and row.there) and row.word == Word.NOTHING
            yield Outcome(row, "ignored" if is_plain else results[Word(row.word)])
        elif not (row.here and row.there):
            yield Outcome(row, "refused", "there is nothing to link it with")
        elif heres[row.here] > 1:
            yield Outcome(row, "refused", f"{row.kind.here} {row.here} is linked in several rows")
        elif theres[row.there] > 1:
            yield Outcome(row, "refused", f"{row.kind.there} {row.there} is linked in several rows")
        else:
            yield Outcome(row, "link")


def apply_rows(rows: Sequence[Row], linking: Linking) -> Iterator[Outcome]:
    """What became of each row of one kind. Raises a `SyncFault` when ServiceTrade does not answer;
    then the same call goes on.
    """
    for outcome in judge(rows):
        if outcome.result != "link":
            yield outcome
        elif reason := _refused(outcome.row, linking):
            yield Outcome(outcome.row, "refused", reason)
        else:
            yield _link(outcome.row, linking)


def _refused(row: Row, linking: Linking) -> str:
    """Why what the list says of both records does not hold any more."""
    kind = linking.kind
    if linking.codes is not None and row.there not in linking.codes:
        return f"Spectrum has no such {kind.there} any more"
    if not kind.has_owner:
        return ""
    company, customer = row.owners
    if linking.owner_of(int(row.here)) != company:
        return f"the {kind.here} is not one of company {company} any more"
    is_linked = linking.customer_of(company) == customer
    return "" if is_linked else f"company {company} is not linked with {customer}"


def _link(row: Row, linking: Linking) -> Outcome:
    kind, record, code, log = linking.kind, int(row.here), row.there, linking.log
    carried = linking.carried_as_listed(record)
    if carried == code:
        return Outcome(row, "already")
    if carried:
        reason = f"the {kind.here} carries {carried} by now"
        return Outcome(row, "refused", reason, is_settled=True)
    if linking.is_on_its_way(row.here):
        reason = f"the {kind.here} is on its way to Spectrum by now"
        return Outcome(row, "refused", reason, is_settled=True)
    if other := linking.holder_of(code):
        return Outcome(row, "refused", f"{kind.here} {other} carries {code} by now")
    if linking.listed is not None and (carried := linking.carried(record)):
        # Somebody typed it since the list was read.
        if carried == code:
            return Outcome(row, "already")
        reason = f"the {kind.here} carries {carried} by now"
        return Outcome(row, "refused", reason, is_settled=True)
    log.note("begun", row.here, code, row.name)
    try:
        linking.set(record, code)
    except Rejected as refusal:
        log.note("refused", row.here, code, str(refusal))
        return Outcome(row, "refused", str(refusal))
    log.note("linked", row.here, code, row.name)
    if linking.listed is not None:
        linking.listed.note(record, code)
    return Outcome(row, "linked")


def undo(
    links: Mapping[tuple[str, str], str], linking: Linking, crossed: frozenset[str]
) -> Iterator[tuple[str, str, str]]:
    """Record, code, and what became of each link that was written here; `links` has the last step
    that was noted. `crossed` are records under which something has crossed: their links stay.
    """
    log = linking.log
    for (record, code), step in links.items():
        carried = linking.carried(int(record))
        if carried is None and step == "undoing":
            log.note("undone", record, code)
            yield record, code, "undone"
        elif carried != code:
            log.note("gone", record, code)
            yield record, code, f"left: it carries {carried or 'nothing'} by now"
        elif record in crossed:
            yield record, code, "left: something has crossed under it"
        else:
            log.note("undoing", record, code)
            try:
                linking.set(int(record), "")
            except Rejected as refusal:
                yield record, code, f"left: {refusal}"
                continue
            log.note("undone", record, code)
            yield record, code, "undone"

"""Customers, sites and jobs as both sides should have them. Pure.

What was sent is proved by the digest that the ledger keeps of it: the decision is made anew with
the values of ServiceTrade or of Spectrum in it, until it is the one that went out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from st_spectrum.domain.commands import CODE_TO_COME, Command, InsertRecord
from st_spectrum.domain.decisions import Create, Decision
from st_spectrum.domain.three_values import ExpectedRecord, StoredRecord
from st_spectrum.ledger.sent import payload_digest

MOST_EDITED = 6
"""Fields of one record that are tried for what was sent: each one doubles the work."""


@dataclass(frozen=True)
class MasterTable:
    """What of a kind of records is compared, by the names of its Add service. `links` are faults,
    `information` is none.
    """

    flow: str
    key_field: str
    links: frozenset[str]
    information: frozenset[str]

    @property
    def fields(self) -> frozenset[str]:
        """Both."""
        return self.links | self.information


def values_of(table: MasterTable, record: Mapping[str, str]) -> dict[str, str]:
    """What is compared of a record; blanks are what Spectrum fills by itself."""
    return {name: record[name] for name in sorted(table.fields) if record.get(name)}


def stored_master(table: MasterTable, row: Mapping[str, str]) -> StoredRecord:
    """A row of one of Info-Link's master tables."""
    values = {name: row[name] for name in table.fields if name in row}
    return StoredRecord(row[table.key_field].upper(), values, table.flow)


@dataclass(frozen=True)
class CrossedMaster:
    """A record that we made in Spectrum under `code`: its key and title at the source, the decision
    of today as if nothing had been sent, the digest of what was, and the values that the ledger
    keeps as such.
    """

    key: str
    title: str
    code: str
    decision: Decision
    payload: str
    known: Mapping[str, str]

    @property
    def commands(self) -> tuple[Command, ...]:
        """What would be sent today."""
        steps = self.decision.steps if isinstance(self.decision, Create) else ()
        return tuple(command for step in steps for command in step.calls)


@dataclass(frozen=True)
class Further:
    """Values beside the records themselves: as they are `wanted` of each record that we made, and
    as Spectrum has them, by code, `read` for some records at a time.

    `texts` are more of them that are information, and are compared only where it is proved that
    they went out: another value of today says nothing about a record of last year.
    """

    wanted: Mapping[str, str] = field(default_factory=dict)
    read: Callable[[Sequence[str]], Mapping[str, Mapping[str, str]]] = lambda _: {}
    texts: Mapping[str, str] = field(default_factory=dict)


def expected_master(
    table: MasterTable, crossed: CrossedMaster, stored: StoredRecord | None, further: Further
) -> ExpectedRecord:
    """As Spectrum should have it. What is `wanted` further went out with the record, and is
    information where it cannot be proved that it did.
    """
    source = _source(table, crossed)
    sent, wanted, texts = dict(crossed.known), further.wanted, further.texts
    if source is not None and stored is not None:
        found = {name: stored.values[name] for name in source if name in stored.values}
        if proved := _proved(source, crossed, found):
            sent = {**proved, **wanted, **texts}
            source = {**source, **texts}
        source = {**source, **wanted}
    information = table.information | texts.keys() | (wanted.keys() - sent.keys())
    return ExpectedRecord(
        table.flow, crossed.key, crossed.title, crossed.code.upper(), source, sent, information
    )


def _source(table: MasterTable, crossed: CrossedMaster) -> dict[str, str] | None:
    for command in crossed.commands:
        fields = command.fields
        its = fields.get(table.key_field, "")
        if table.fields <= fields.keys() and its in (crossed.code, CODE_TO_COME):
            return values_of(table, fields)
    return None


def _proved(
    source: Mapping[str, str], crossed: CrossedMaster, found: Mapping[str, str]
) -> dict[str, str] | None:
    """What was sent, where it is one of the mixtures of both sides' values; else None."""
    edited = [name for name, value in source.items() if found.get(name, value) != value]
    if not crossed.payload or len(edited) > MOST_EDITED:
        return None
    for count in range(len(edited) + 1):
        for names in combinations(edited, count):
            changes = {name: found[name] for name in names}
            if payload_digest(_with(crossed, changes)) == crossed.payload:
                return {**source, **changes}
    return None


def _with(crossed: CrossedMaster, changes: Mapping[str, str]) -> Iterator[Command]:
    for command in crossed.commands:
        if not isinstance(command, InsertRecord):
            yield command
        elif command.record.get("Job_Number", crossed.code) == crossed.code:
            yield replace(command, record={**command.record, **changes})
        else:
            yield command

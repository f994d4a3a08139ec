"""Customers, sites and jobs as both sides should have them. Pure.

What was sent is proved by the digest that the ledger keeps of it: the decision is made anew with
the values of ServiceTrade or of Spectrum in it, until it is the one that went out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from st_spectrum.domain.commands import CODE_TO_COME, Command, InsertRecord
from st_spectrum.domain.decisions import Create, Decision
from st_spectrum.domain.three_values import ExpectedRecord, StoredRecord
from st_spectrum.ledger.sent import payload_digest

NOTHING: Mapping[str, str] = {}

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


def expected_master(
    table: MasterTable,
    key: str,
    title: str,
    code: str,
    decision: Decision,
    payload: str,
    stored: StoredRecord | None,
    known: Mapping[str, str],
    further: Mapping[str, str] = NOTHING,
    texts: Mapping[str, str] = NOTHING,
) -> ExpectedRecord:
    """`decision` is what would be sent today if nothing had been sent; `payload` the digest of what
    was. `known` are values that the ledger keeps as such; `further` are values beside the record
    itself, which went out with it: information where it cannot be proved that they did. `texts` are
    such values that are information, and say nothing unless it is proved.
    """
    source = _source(table, code, decision)
    sent = dict(known)
    if source is not None and stored is not None and isinstance(decision, Create):
        found = {name: stored.values[name] for name in source if name in stored.values}
        if proved := _proved(source, code, decision, payload, found):
            sent = {**proved, **further, **texts}
            source = {**source, **texts}
        source = {**source, **further}
    information = table.information | texts.keys() | (further.keys() - sent.keys())
    return ExpectedRecord(table.flow, key, title, code.upper(), source, sent, information)


def _source(table: MasterTable, code: str, decision: Decision) -> dict[str, str] | None:
    if not isinstance(decision, Create):
        return None
    for step in decision.steps:
        for command in step.calls:
            fields = command.fields
            its = fields.get(table.key_field, "")
            if table.fields <= fields.keys() and its in (code, CODE_TO_COME):
                return values_of(table, fields)
    return None


def _proved(
    source: Mapping[str, str],
    code: str,
    decision: Create,
    payload: str,
    found: Mapping[str, str],
) -> dict[str, str] | None:
    """What was sent, where it is one of the mixtures of both sides' values; else None."""
    edited = [name for name, value in source.items() if found.get(name, value) != value]
    if not payload or len(edited) > MOST_EDITED:
        return None
    for count in range(len(edited) + 1):
        for names in combinations(edited, count):
            changes = {name: found[name] for name in names}
            if payload_digest(_with(decision, code, changes)) == payload:
                return {**source, **changes}
    return None


def _with(decision: Create, code: str, changes: Mapping[str, str]) -> Iterator[Command]:
    for step in decision.steps:
        for command in step.calls:
            if not isinstance(command, InsertRecord):
                yield command
            elif command.record.get("Job_Number", code) == code:
                yield replace(command, record={**command.record, **changes})
            else:
                yield command

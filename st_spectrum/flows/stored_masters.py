"""Customers and sites that stand in Spectrum under a code of ours, and that nobody knows any more:
the second guard beside the ledger.

Their codes are of our own giving, so Spectrum refuses no second one: it gets the next code. A
machine that was put back whole has no memory of the first, and where ServiceTrade did not take its
code, nothing else has one either. What is equal in all that tells a record from others is that
record: two people would not write it alike, letter for letter, under a code of the integration.
What is only like it may have been renamed since, and a person says so.
"""

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from st_spectrum.account.master import CodeRule
from st_spectrum.domain.commands import Command
from st_spectrum.domain.decisions import Create, Decision, Hold
from st_spectrum.domain.errors import AccessDenied, ContractBroken, SyncFault
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import NOTHING, Standing
from st_spectrum.engine.steps.verdicts import is_ours
from st_spectrum.flows import FLOWS
from st_spectrum.flows.context import Context
from st_spectrum.flows.loose_codes import code_without_record, of_range, reason_of_one_like_it
from st_spectrum.flows.same_record import is_same, looks_like
from st_spectrum.ledger.documents.guards import AcceptedDouble
from st_spectrum.ledger.documents.records import DecidedNew
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.servicetrade.wire import RecordBroken
from st_spectrum.spectrum.lookup_answers import LookupImpossible

Row = Mapping[str, str]
InsertOf = Callable[[str], Command | None]
"""What would be sent for a record, by its key; None where nothing would."""

CODE = re.compile(r"(.*?)(\d+)")


@dataclass(frozen=True)
class StoredMaster:
    """One that stands there, under its code."""

    code: str
    row: Row


@dataclass(frozen=True)
class Asked:
    """For what the question of a batch was put, as far as anybody can answer it."""

    texts: tuple[str, ...]


@dataclass(frozen=True)
class MasterKind:
    """Of which records: their `flow`, what ServiceTrade calls them, the field of the code, those by
    which one found under our code is told from somebody else's, and those by which one that was
    changed since, or stands under another code, is known.
    """

    flow: str
    entity_type: str
    code: str
    same: tuple[str, ...]
    telltale: tuple[str, ...]
    places: tuple[str, ...]
    owner: str = ""
    """The field of the record to which one belongs, where it belongs to one."""

    def is_of_one_owner(self, row: Row, insert: Command) -> bool:
        """Whether one that stands there belongs to the same as the one that was sent."""
        return not self.owner or row[self.owner] == insert.fields.get(self.owner, "")


class TargetKeys:
    """Which entries of a flow bear which key, from one listing for all records of a question: it
    reads every entry, so only once a look-alike makes it necessary.
    """

    def __init__(self, ledger: Ledger, flow: str) -> None:
        self._ledger = ledger
        self._flow = flow
        self._owners: Mapping[str, Collection[str]] | None = None
        self._lock = threading.Lock()

    def is_anothers(self, key: str, code: str) -> bool:
        """Whether an entry of another record has the code, and it was written by us."""
        with self._lock:  # the threads of a batch wait for the first one's listing
            if self._owners is None:
                self._owners = self._listed()
        return any(owner != key for owner in self._owners.get(code, ()))

    def _listed(self) -> Mapping[str, Collection[str]]:
        owners: defaultdict[str, set[str]] = defaultdict(set)
        for entry in self._ledger.entries(self._flow):
            if is_ours(entry):
                owners[entry.target_key].add(entry.key)
        return owners


class StoredMasters:
    """Of one flow of an account."""

    def __init__(self, context: Context, kind: MasterKind, rule: CodeRule) -> None:
        self._context = context
        self._kind = kind
        self._rule = rule
        self._anothers: set[str] = set()
        """Codes that are known to be others', asked for once."""

    def standing(self, keys: Sequence[str], insert_of: InsertOf) -> Standing:
        """One statement for all of the records that can be read. Raises a `SyncFault`."""
        workers = self._context.account.pace.workers
        with ThreadPoolExecutor(workers, thread_name_prefix="standing") as pool:
            read = zip(keys, pool.map(partial(_readable, insert_of), keys), strict=True)
            inserts = {key: insert for key, insert in read if insert is not None}
        return self._ask(inserts)

    def checked(
        self, key: str, decision: Decision, progress: Progress, standing: Standing
    ) -> Decision:
        """The decision about a record without memory, with what stands there already in the place
        of what would be sent, or a hold where that is not certain. Raises a `SyncFault`.

        Where the ledger knows the code that was begun, a person has said what became of it.
        """
        is_asked = standing is not NOTHING and key not in standing.unread
        has_memory = progress.is_half_done or bool(progress.target_key)
        if has_memory or not is_asked or not isinstance(decision, Create):
            return decision
        first = decision.steps[0]
        insert = first.calls[0]
        if self._texts(insert) not in standing.of(key, Asked):
            standing = self._ask({key: insert})
        stored = standing.of(key, StoredMaster)
        found = [one for one in stored if self._is_unknown(key, one.code, progress)]
        same = [one.code for one in found if is_same(one.row, insert, self._kind.same)]
        codes = next(iter(standing.of(key, TargetKeys)))
        code = next(self._nobodys(key, same, codes), None)
        if code is not None and self._context.ledger.taker(self._kind.flow, code) == key:
            return decision  # it is sent under this one again, and Spectrum says that it has it
        if code is not None:
            note = f"{code} stands in Spectrum already, and is not made again"
            notes = (*decision.notes, note)
            return replace(decision, target_key=code, standing=(first.name,), notes=notes)
        alike = self._nobodys(key, [one.code for one in found if one.code not in same], codes)
        code = next((code for code in alike if not self._is_accepted(code)), None)
        return decision if code is None or self._is_new_by_word(key) else self._hold(code)

    def _texts(self, insert: Command) -> Asked:
        return Asked(tuple(insert.fields[name] for name in self._kind.telltale))

    def _ask(self, inserts: Mapping[str, Command]) -> Standing:
        rows = self._rows(inserts)
        codes = TargetKeys(self._context.ledger, self._kind.flow)
        found: dict[str, tuple[object, ...]] = {}
        for key, insert in inserts.items():
            like = {row[self._kind.code]: row for row in rows if self._is_like(row, insert)}
            stored = (StoredMaster(code, row) for code, row in sorted(like.items()))
            found[key] = (self._texts(insert), codes, *stored)
        return Standing(found)

    def _rows(self, inserts: Mapping[str, Command]) -> Sequence[Row]:
        """Nothing where nobody can list them: then the next code is refused, or not."""
        kind, calls = self._kind, inserts.values()
        operation = next((insert.operation for insert in calls), "")
        fields = tuple(dict.fromkeys((kind.code, *kind.same, *kind.places)))
        alike = {name: {insert.fields[name] for insert in calls} for name in kind.telltale}
        with suppress(LookupImpossible, AccessDenied, ContractBroken):
            found = self._context.spectrum.find_alike(operation, fields, alike)
            # A Get service may lack a column, and half of the evidence is none.
            return [row for row in found if all(name in row for name in fields)]
        return ()

    def _is_like(self, row: Row, insert: Command) -> bool:
        return looks_like(row, insert, self._kind.places, self._kind.telltale)

    def _nobodys(self, key: str, codes: Iterable[str], known: TargetKeys) -> Iterator[str]:
        """Those that we may have given, and that no other record has."""
        for code in self._of_ours(codes):
            if code not in self._anothers:
                if not self._is_anothers(key, code, known):
                    yield code
                else:
                    self._anothers.add(code)

    def _of_ours(self, codes: Iterable[str]) -> Sequence[str]:
        """Of the account's range, or like others that this ledger gave by an earlier rule."""
        found = sorted(codes)
        if not found:
            return ()
        codes_now = self._rule.as_range(self._kind.flow)
        now, in_range = _form(codes_now.code(codes_now.first)), of_range(found, self._rule)
        forms = {_form(code) for code in self._context.ledger.reserved(self._kind.flow)} - {now}
        return [code for code in found if code in in_range or _form(code) in forms]

    def _is_anothers(self, key: str, code: str, known: TargetKeys) -> bool:
        """Whether ledger or ServiceTrade know it as that of another record. What another one has
        taken since the listing, its reservation tells.
        """
        ledger, flow = self._context.ledger, self._kind.flow
        if ledger.taker(flow, code) not in (None, "", key):
            return True
        carrying = self._context.servicetrade.find_by_external_id(self._kind.entity_type, code)
        return carrying is not None or known.is_anothers(key, code)

    def _is_unknown(self, key: str, code: str, progress: Progress) -> bool:
        """Whether this ledger gave the code to nobody, but to this record without having begun."""
        ledger, flow = self._context.ledger, self._kind.flow
        if not ledger.is_given(flow, code):
            return True
        return progress.was_in_work and ledger.taker(flow, code) == key

    def _is_accepted(self, code: str) -> bool:
        double = code_without_record(self._kind.flow, code)
        return self._context.ledger.has(AcceptedDouble, double.id)

    def _is_new_by_word(self, key: str) -> bool:
        """Whether a person said so in a list of `st-spectrum match`."""
        return self._context.ledger.has(DecidedNew, self._kind.flow, key)

    def _hold(self, code: str) -> Hold:
        flow = FLOWS[self._kind.flow]
        return Hold(
            reason_of_one_like_it(flow.name, code),
            f"If it is that one, enter {code} as external id of the {self._kind.entity_type} in"
            f" ServiceTrade. If {code} is somebody else's, say `st-spectrum ledger accept-double"
            f" {flow.name} {code}`.",
            ("a person",),
            f"Spectrum has a {flow.target_noun} like it that nothing in ServiceTrade carries",
        )


def _form(code: str) -> tuple[str, int]:
    """Prefix and number of digits, by which one code of a rule is like the next."""
    found = CODE.fullmatch(code.strip().upper())
    return (found[1], len(found[2])) if found else (code, 0)


def _readable(insert_of: InsertOf, key: str) -> Command | None:
    """A record that cannot be read says so itself when it is looked at."""
    try:
        return insert_of(key)
    except (SyncFault, RecordBroken):
        return None

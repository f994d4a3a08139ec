"""`st-spectrum match`, `match apply` and `match undo`: records that stand in both systems."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from st_spectrum.account.file import load_account
from st_spectrum.commands.named_files import into_named, require_place
from st_spectrum.domain.argument_invalid import ArgumentInvalid

if TYPE_CHECKING:
    from st_spectrum.flows.session import Session
    from st_spectrum.match.apply import Linking, Outcome
    from st_spectrum.match.kinds import Kind
    from st_spectrum.match.lists import Matched

FOLDER = "matching"
TOLD_EVERY = 100
"""Rows after which `match apply` says how far it is: ServiceTrade takes some of them a second."""


def run_match(account_file: Path, out: Path, exported: Sequence[Path]) -> int:
    """Write the list, which must not exist; 0 when it was written."""
    from st_spectrum.match.exports import read_exports
    from st_spectrum.match.kinds import CUSTOMERS, KINDS
    from st_spectrum.match.lists import match_all
    from st_spectrum.match.undecided import keep_undecided
    from st_spectrum.match.workbook import files_of, write_lists
    from st_spectrum.private_files import create_private_file

    for file in dict.fromkeys((out, *files_of(out, KINDS).values())):
        if file.exists():
            raise ArgumentInvalid(
                [f"{file} exists, and may hold a person's work: name another file"]
            )
    require_place("--out", out)
    exports = read_exports(exported)
    with _connected(account_file) as session:
        matched = match_all(session, exports)
        files = tuple(dict.fromkeys(files_of(out, matched.lists).values()))
        try:
            with into_named(out):
                for file in files:
                    create_private_file(file)
                write_lists(out, matched.lists)
        except BaseException:
            for file in files:
                file.unlink(missing_ok=True)
            raise
        pending = {one.here.key for one in matched.lists[CUSTOMERS] if one.is_open and one.here}
        keep_undecided(session.account.state_dir, len(pending))
    _print_counts(matched)
    names = ", ".join(map(str, files))
    print(f"Written: {names}. Say link, new or ignore in its first column, then: match apply {out}")
    return 0


def _print_counts(matched: "Matched") -> None:
    from st_spectrum.match.kinds import CUSTOMERS
    from st_spectrum.match.verdicts import Verdict

    counts = Counter(one.verdict for one in matched.lists[CUSTOMERS])
    for verdict in Verdict:
        print(f"{counts[verdict]:7}  {verdict}")
    print(f"{matched.linked:7}  linked already, not in the list")
    for kind, matches in matched.lists.items():
        if kind != CUSTOMERS:
            counts = Counter(one.verdict for one in matches)
            shown = ", ".join(
                f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]
            )
            print(f"{kind.name}: {shown or 'none to match'}")
    for kind, reason in matched.unread.items():
        print(f"{kind.name}: not in the list: {reason}")


def run_apply(account_file: Path, file: Path) -> int:
    """0 when every row was taken, 1 when one was refused."""
    from st_spectrum.match.apply import apply_rows
    from st_spectrum.match.kinds import CUSTOMERS, KINDS
    from st_spectrum.match.lists import codes_in_spectrum
    from st_spectrum.match.undecided import keep_undecided
    from st_spectrum.match.workbook import read_list

    rows = read_list(file)
    kinds = [kind for kind in KINDS if any(row.kind == kind for row in rows)]
    is_refused = False
    with _connected(account_file) as session, _alone(session):
        codes = codes_in_spectrum(session, kinds)
        for kind in kinds:
            linking = _linking(session, kind, codes.get(kind))
            mine = [row for row in rows if row.kind == kind]
            outcomes: list[Outcome] = []
            for outcome in apply_rows(mine, linking):
                outcomes.append(outcome)
                if len(outcomes) % TOLD_EVERY == 0:
                    print(f"{kind.name}: row {len(outcomes)} of {len(mine)}", file=sys.stderr)
                if outcome.result == "refused":
                    place = f"row {outcome.row.place}"
                    where = place if kind == CUSTOMERS else f"{kind.name}, {place}"
                    print(f"{where}: not taken: {outcome.reason}")
            counts = Counter(outcome.result for outcome in outcomes)
            is_refused = is_refused or bool(counts["refused"])
            if kind == CUSTOMERS:
                keep_undecided(session.account.state_dir, _undecided_in(outcomes))
                _keep_decisions(session, outcomes)
            text = ", ".join(f"{number} {result}" for result, number in sorted(counts.items()))
            print(f"{text}." if kind == CUSTOMERS else f"{kind.name}: {text}.")
            print(f"Log: {linking.log.path}")
    return 1 if is_refused else 0


def _undecided_in(outcomes: Sequence["Outcome"]) -> int:
    """Companies of which no row was decided."""
    decided = {
        one.row.here
        for one in outcomes
        if one.is_settled or one.result in ("linked", "already", "new")
    }
    pending = {one.row.here for one in outcomes if one.result in ("undecided", "refused")}
    return len(pending - decided - {""})


def _keep_decisions(session: "Session", outcomes: Sequence["Outcome"]) -> None:
    """From now on, who looks like a customer waits, but for those of whom a person said new; these
    are due at once.
    """
    from st_spectrum.commands.ledger import retry_in
    from st_spectrum.ledger.documents.records import DecidedNew, MatchApplied
    from st_spectrum.match.kinds import CUSTOMERS

    ledger, now = session.ledger, session.clock()
    linked = {one.row.here for one in outcomes if one.result in ("linked", "already")}
    new = {one.row.here for one in outcomes if one.result == "new"} - linked - {""}
    decided = [key for key in sorted(new) if ledger.put_first(DecidedNew(now), CUSTOMERS.flow, key)]
    ledger.put_first(MatchApplied(now), CUSTOMERS.flow)
    if waiting := sorted(set(decided) & set(ledger.open_keys(CUSTOMERS.flow))):
        retry_in(ledger, CUSTOMERS.flow, waiting)


def run_undo(account_file: Path) -> int:
    """Take back every link that was written by `match apply` and that nothing depends on; 0."""
    from st_spectrum.flows import FLOWS
    from st_spectrum.match.apply import undo
    from st_spectrum.match.crossed import records_with_crossings
    from st_spectrum.match.kinds import KINDS

    undone, written = 0, 0
    with _connected(account_file) as session, _alone(session):
        crossed = records_with_crossings(session.ledger, session.servicetrade, FLOWS)
        # What was linked last goes first: sites and jobs before their customer.
        for kind in reversed(KINDS):
            linking = _linking(session, kind)
            links = linking.log.ours()
            written += len(links)
            for record, code, result in undo(links, linking, crossed[kind]):
                undone += result == "undone"
                if result != "undone":
                    print(f"{kind.here} {record}, {kind.there} {code}: {result}")
    print(f"{undone} of {written} links were taken back.")
    return 0


def _linking(session: "Session", kind: "Kind", codes: frozenset[str] | None = None) -> "Linking":
    from st_spectrum.match.apply import Linking
    from st_spectrum.match.carriers import carriers_of
    from st_spectrum.match.crossed import has_begun
    from st_spectrum.match.kinds import CUSTOMERS, VENDORS
    from st_spectrum.match.lists import vendor_system
    from st_spectrum.match.log import MatchLog

    def is_on_its_way(key: str) -> bool:
        held = session.ledger.get(kind.flow, key) if kind.flow else None
        return held is not None and has_begun(held.entry)

    servicetrade, own = session.servicetrade, session.account.servicetrade.external_system
    system = vendor_system(session) if kind == VENDORS else ""
    return Linking(
        kind,
        servicetrade,
        MatchLog(session.account.state_dir / FOLDER / f"{kind.name}.log"),
        codes,
        system,
        is_on_its_way,
        carriers_of(kind.entity, servicetrade, system or own),
        carriers_of(CUSTOMERS.entity, servicetrade, own) if kind.has_owner else None,
    )


@contextmanager
def _alone(session: "Session") -> Iterator[None]:
    """Inside, nobody else of this machine writes or takes back links of the account."""
    import fcntl

    from st_spectrum.private_files import create_private_file, make_private_folder

    lock = session.account.state_dir / FOLDER / "lock"
    make_private_folder(lock.parent)
    create_private_file(lock)
    with lock.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ArgumentInvalid(
                ["somebody else applies or takes back links of this account: try again after that"]
            ) from None
        yield


@contextmanager
def _connected(account_file: Path) -> "Iterator[Session]":
    from st_spectrum.flows.session import open_session

    with open_session(load_account(account_file)) as session:
        yield session

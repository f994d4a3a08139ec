"""`st-spectrum match`, `match apply` and `match undo`: customers that stand in both systems."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from st_spectrum.account.file import load_account
from st_spectrum.commands.named_files import into_named, require_place
from st_spectrum.domain.argument_invalid import ArgumentInvalid

if TYPE_CHECKING:
    from st_spectrum.flows.session import Session

FOLDER = "matching"
LOG = "customers.log"


def run_match(account_file: Path, out: Path, spectrum_csv: Path | None) -> int:
    """Write the list, which must not exist; 0 when nothing in it waits for a person's word."""
    from st_spectrum.match.readers import companies_of, customers_of
    from st_spectrum.match.undecided import keep_undecided
    from st_spectrum.match.verdicts import Verdict, match
    from st_spectrum.match.workbook import write_list
    from st_spectrum.private_files import create_private_file

    if out.exists():
        raise ArgumentInvalid([f"{out} exists, and may hold a person's work: name another file"])
    require_place("--out", out)
    with _connected(account_file) as session:
        system = session.account.servicetrade.external_system
        companies = companies_of(session.servicetrade, system)
        customers = customers_of(session.spectrum, spectrum_csv, companies)
        matches = match(companies, customers)
        try:
            with into_named(out):
                create_private_file(out)
                write_list(out, matches)
        except BaseException:
            out.unlink(missing_ok=True)
            raise
        pending = {one.here.key for one in matches if one.is_open and one.here}
        keep_undecided(session.account.state_dir, len(pending))
    counts = Counter(one.verdict for one in matches)
    for verdict in Verdict:
        print(f"{counts[verdict]:7}  {verdict}")
    linked = sum(bool(company.linked_to) for company in companies)
    print(f"{linked:7}  linked already, not in the list")
    print(f"Written: {out}. Say link, new or ignore in its first column, then: match apply {out}")
    return 0


def run_apply(account_file: Path, file: Path) -> int:
    """0 when every row was taken, 1 when one was refused."""
    from st_spectrum.match.apply import apply_rows
    from st_spectrum.match.log import MatchLog
    from st_spectrum.match.undecided import keep_undecided
    from st_spectrum.match.workbook import read_list

    rows = read_list(file)
    counts: Counter[str] = Counter()
    with _connected(account_file) as session:
        shown = session.spectrum.customer_codes()
        codes = shown.codes if shown.is_complete else None
        log = MatchLog(session.account.state_dir / FOLDER / LOG)
        pending: set[str] = set()
        decided: set[str] = set()
        for outcome in apply_rows(rows, session.servicetrade, codes, log):
            row, result = outcome.row, outcome.result
            counts[result] += 1
            if result in ("linked", "already", "new"):
                decided.add(row.company)
            elif result in ("undecided", "refused"):
                pending.add(row.company)
            if result == "refused":
                print(f"row {row.place}: not taken: {outcome.reason}")
        keep_undecided(session.account.state_dir, len(pending - decided - {""}))
    print(", ".join(f"{number} {result}" for result, number in sorted(counts.items())) + ".")
    print(f"Log: {log.path}")
    return 1 if counts["refused"] else 0


def run_undo(account_file: Path) -> int:
    """Take back every link that was written by `match apply` and that nothing depends on; 0."""
    from st_spectrum.match.apply import undo
    from st_spectrum.match.crossed import companies_with_crossings
    from st_spectrum.match.log import MatchLog

    undone = 0
    with _connected(account_file) as session:
        log = MatchLog(session.account.state_dir / FOLDER / LOG)
        links = log.ours()
        crossed = companies_with_crossings(session.ledger, session.servicetrade)
        for company, code, result in undo(links, session.servicetrade, crossed, log):
            undone += result == "undone"
            if result != "undone":
                print(f"company {company}, customer {code}: {result}")
    print(f"{undone} of {len(links)} links were taken back.")
    return 0


@contextmanager
def _connected(account_file: Path) -> "Iterator[Session]":
    from st_spectrum.flows.session import open_session

    with open_session(load_account(account_file)) as session:
        yield session

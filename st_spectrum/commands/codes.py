"""`st-spectrum codes`: what both systems hold that an account file may name."""

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from st_spectrum.account import Account
from st_spectrum.account.file import load_connections
from st_spectrum.commands.printing import open_console
from st_spectrum.domain.argument_invalid import ArgumentInvalid

if TYPE_CHECKING:
    from st_spectrum.setup.both_systems import BothSystems
    from st_spectrum.setup.codes import CodeList

WIDTH = 80


def run_codes(account_file: Path, kind: str, *, as_json: bool, as_csv: bool) -> int:
    """0 when all that was asked for could be read, 1 otherwise. An account file with its
    connections alone is enough.
    """
    from st_spectrum.setup.codes import KINDS, list_codes

    name = kind.replace("-", "_")
    if name not in (*KINDS, "all"):
        raise ArgumentInvalid([f"{kind}: there are {', '.join(KINDS)}, or all"])
    with systems_of(load_connections(account_file)) as systems:
        found = list(list_codes(systems, KINDS if name == "all" else [name]))
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=2))
    elif as_csv:
        _write_csv(found)
    else:
        _print_tables(found)
    return 1 if any(one.is_failed for one in found) else 0


@contextmanager
def systems_of(account: Account) -> "Iterator[BothSystems]":
    """Clients of both systems, closed at the end."""
    from st_spectrum.servicetrade.client import ServiceTrade
    from st_spectrum.setup.both_systems import BothSystems
    from st_spectrum.spectrum.client import Spectrum

    with (
        ServiceTrade(account.servicetrade) as servicetrade,
        Spectrum(account.spectrum, account.state_dir / "wsdl") as spectrum,
    ):
        yield BothSystems(account, servicetrade, spectrum)


def _print_tables(found: "Iterable[CodeList]") -> None:
    console = open_console()
    for one in found:
        title = f"{one.kind} ({one.system}): {len(one.rows)}"
        table = Table(title=title, title_justify="left", width=min(WIDTH, console.width))
        table.add_column("code or name", overflow="fold")
        table.add_column("text", overflow="fold")
        if one.counted:
            table.add_column(one.counted, justify="right")
        for row in one.rows:
            cells = [escape(row.code), escape(row.text)]
            used = "" if row.used is None else f"{row.used:,}"
            table.add_row(*cells, *([used] if one.counted else []))
        if one.rows:
            console.print(table)
        if one.note:
            console.print(escape(f"{one.kind}: {one.note}"), soft_wrap=True)


def _write_csv(found: "Iterable[CodeList]") -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("system", "kind", "code", "text", "used", "counted"))
    for one in found:
        for row in one.rows:
            used = "" if row.used is None else row.used
            writer.writerow((one.system, one.kind, row.code, row.text, used, one.counted))

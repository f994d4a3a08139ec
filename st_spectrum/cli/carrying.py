"""The commands that carry records across, or show what would cross: options and help texts."""

from pathlib import Path
from typing import Annotated

import typer

from st_spectrum.cli.options import (
    DEFAULT_ACCOUNT,
    FLOW_NAMES,
    AccountOption,
    FlowArgument,
    JsonOption,
)
from st_spectrum.commands.running import end_well


def sync(
    flow: FlowArgument = "all", account: AccountOption = DEFAULT_ACCOUNT, json: JsonOption = False
) -> None:
    """Carry across what changed since the last round and everything that still waits; then end.

    Ends with 0 when the round could run: records that wait or were refused are part of a good round
    and are listed.
    Ends with 1 and one sentence when it could not, for instance when a system does not answer, and
    with 2 while the account has not gone live: a new ledger carries nothing before `go_live`. It
    is safe to start it
    twice, beside Dagster, or again after it was killed: the ledger sees to it that nothing is lost
    or doubled.
    """
    from st_spectrum.commands.sync import run_sync

    end_well(lambda: run_sync(account, flow, is_dry_run=False, as_json=json))


def plan(
    flow: Annotated[
        str, typer.Argument(help=f"{FLOW_NAMES}; or all, in their order; or show, and a file.")
    ] = "all",
    file: Annotated[
        Path | None, typer.Argument(help="The plan that is to be shown, field by field.")
    ] = None,
    account: AccountOption = DEFAULT_ACCOUNT,
    json: JsonOption = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Keep every write, field by field, in this file, for `apply`."),
    ] = None,
    matching: Annotated[
        str,
        typer.Option("--matching", help="Only the record of this id, or with this in its title."),
    ] = "",
) -> None:
    """Show what a round would do, and do none of it.

    With `--out` the plan is kept, for your eyes alone, and `apply` sends it within 24 hours.
    """
    from st_spectrum.commands.plan import show_plan, write_plan
    from st_spectrum.commands.sync import run_sync

    if flow == "show" and file is not None:
        shown = file
        end_well(lambda: show_plan(shown))
    elif file is not None or (matching and out is None):
        raise typer.BadParameter("a file is shown by `plan show FILE`; --matching goes with --out")
    elif out is not None:
        kept = out
        end_well(lambda: write_plan(account, flow, kept, matching))
    else:
        end_well(lambda: run_sync(account, flow, is_dry_run=True, as_json=json))


def apply(
    file: Annotated[Path, typer.Argument(help="What `plan --out` wrote.")],
    account: AccountOption = DEFAULT_ACCOUNT,
    json: JsonOption = False,
) -> None:
    """Send exactly what a plan says; a record that would be sent otherwise by now is left alone.

    Each record is decided on afresh, and is sent if that comes to the same, field by field. Dates
    that are today's are those of the day of the plan. Ends with 0 when all of it has crossed, with
    3 when some of it was left alone or held, each with its reason, and with 1 when a system
    stopped it. Applied twice, it sends nothing twice.
    """
    from st_spectrum.commands.plan import apply_plan

    end_well(lambda: apply_plan(account, file, as_json=json))


def reconcile(
    flow: FlowArgument = "all",
    account: AccountOption = DEFAULT_ACCOUNT,
    json: JsonOption = False,
    both_sides: Annotated[
        bool,
        typer.Option(
            "--both-sides",
            help="Carry nothing: read ServiceTrade and Spectrum afresh and name what is not equal.",
        ),
    ] = False,
    month: Annotated[
        str, typer.Option(help="With --both-sides: invoices of one month, such as 2026-03, alone.")
    ] = "",
    repair: Annotated[
        bool,
        typer.Option(
            "--repair",
            help="With --both-sides: send what was never confirmed and is not in Spectrum.",
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="With --both-sides: folder for a workbook and CSV files of all of it."),
    ] = None,
) -> None:
    """List everything in ServiceTrade, and carry across what the ledger does not know and what
    still waits.

    Dagster does it every night. In good times nothing was missed, and nothing is written. Safe at
    any time. With --both-sides, 1 says that something is not equal.
    """
    from st_spectrum.commands.both_sides import compare_flows
    from st_spectrum.commands.reconcile import run_reconcile

    if both_sides or repair or month or out:
        end_well(lambda: compare_flows(account, flow, month, out, is_repair=repair, as_json=json))
    else:
        end_well(lambda: run_reconcile(account, flow, as_json=json))

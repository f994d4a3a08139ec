"""The command line: names, options and help texts. What the commands do lies in `commands`."""

from pathlib import Path
from typing import Annotated

import typer

from st_spectrum import cli_backfill, cli_closing, cli_records, cli_sandbox, cli_setup
from st_spectrum.cli_ledger import ledger_app
from st_spectrum.cli_match import match_app
from st_spectrum.cli_options import (
    DEFAULT_ACCOUNT,
    FLOW_NAMES,
    AccountOption,
    CodePortOption,
    DoorbellOption,
    FlowArgument,
    HealthOfServerOption,
    HostOption,
    JsonOption,
    WebPortOption,
)
from st_spectrum.commands.running import end_well

EXIT_CODES = (
    "Ends with 0 when all went well; with 1 when a system, the account file or what was asked for"
    " did not allow it, said in one sentence; with 2 while the account has not gone live, and for"
    " options and files that cannot be used; with 3 when a plan was sent in part; with 130 after"
    " Ctrl-C. NO_COLOR in the environment leaves colors out."
)

app = typer.Typer(
    rich_markup_mode="markdown",
    no_args_is_help=True,
    epilog=EXIT_CODES,
    pretty_exceptions_enable=False,
    help=(
        "Carries customers, sites, jobs, invoices and approved time from ServiceTrade to Trimble"
        " Spectrum, and purchase orders back: each exactly once."
    ),
)
app.add_typer(ledger_app, name="ledger")
app.add_typer(match_app, name="match")
app.command()(cli_backfill.backfill)
app.command()(cli_setup.codes)
app.command()(cli_setup.init)
app.command()(cli_sandbox.sandbox)
app.command()(cli_sandbox.demo)
app.command()(cli_records.retry)
app.command()(cli_records.handled)
app.command()(cli_records.metrics)
app.command()(cli_closing.sign_off)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        from importlib.metadata import version

        print(f"st-spectrum {version('st-spectrum')}")
        raise typer.Exit


@app.callback()
def every_command(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version, and end."
        ),
    ] = False,
) -> None:
    """What stands before each command."""


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
def check(account: AccountOption = DEFAULT_ACCOUNT) -> None:
    """Compare the account file with both systems and list what is missing, before a record meets
    it. Only reads.
    """
    from st_spectrum.commands.check import run_check

    end_well(lambda: run_check(account))


@app.command()
def requirements(account: AccountOption = DEFAULT_ACCOUNT) -> None:
    """List what the administrators of both systems have to set up for the flows that are switched
    on. Asks neither system.

    An account file with name, timezone, servicetrade and spectrum alone is enough. Variables that
    are not set yet stand at
    the end of the list.
    """
    from st_spectrum.commands.requirements import run_requirements

    end_well(lambda: run_requirements(account))


@app.command()
def record(
    account: AccountOption = DEFAULT_ACCOUNT,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the recording; by default a new one in the state folder."),
    ] = None,
    openapi: Annotated[
        Path | None,
        typer.Option(
            help=(
                "ServiceTrade's own description of its API, a file that logged-in users can fetch."
            )
        ),
    ] = None,
    write_test: Annotated[
        int | None,
        typer.Option(
            "--write-test",
            metavar="JOB",
            help=(
                "Then write as well, into a test company and on the ServiceTrade job of this"
                " number, each step only with your word."
            ),
        ),
    ] = None,
) -> None:
    """Read what a real installation answers, and report which assumptions hold there.

    Only reads, unless a job is named for a write test.

    A few records of each kind are kept for tests, with random words in place of all that is
    somebody's. An account file with name, timezone, servicetrade and spectrum alone is enough.
    See the runbook, "The first hour at a real tenant".
    """
    from st_spectrum.commands.record import run_record

    end_well(lambda: run_record(account, out, openapi, write_test))


@app.command()
def alerts(account: AccountOption = DEFAULT_ACCOUNT) -> None:
    """Mail the support contacts what is due now, and say so. Dagster's sensor `alerts` does it
    every minute by itself.
    """
    from st_spectrum.commands.alerts import send_alerts

    end_well(lambda: send_alerts(account))


@app.command()
def serve(
    account: AccountOption = DEFAULT_ACCOUNT,
    web_port: WebPortOption = 3000,
    code_port: CodePortOption = 4000,
    host: HostOption = "127.0.0.1",
    doorbell: DoorbellOption = False,
    health: HealthOfServerOption = False,
) -> None:
    """Keep Dagster running for one account: code server, worker, daemon and web server, each
    started again when it dies.

    No worker where dagster.yaml has a process for each run. What they write goes into one log, the
    terminal's; Ctrl-C ends all of
    them. `DAGSTER_HOME` is where Dagster keeps its runs, by default the folder `dagster` in the
    account's `state_dir`;
    without a dagster.yaml there, the one for a single machine is put into it.
    """
    from st_spectrum.commands.serve import print_health, run_serve
    from st_spectrum.serving.parts import Addresses

    addresses = Addresses(web_port=web_port, code_port=code_port, host=host)
    end_well(
        lambda: (
            print_health(account)
            if health
            else run_serve(account, addresses, has_doorbell=doorbell)
        )
    )


@app.command()
def worker(
    concurrency: Annotated[
        int | None,
        typer.Option(
            min=1, help="Runs at once, each in a process of its own; without it 4 for each account."
        ),
    ] = None,
    health: Annotated[
        bool,
        typer.Option(
            "--health", help="Say in one line whether a worker on this machine is well, and end."
        ),
    ] = False,
) -> None:
    """Take runs of Dagster, in processes that have everything imported; SIGTERM ends it when they
    have ended.

    DAGSTER_HOME names the instance, whose dagster.yaml names the launcher; ST_SPECTRUM_BROKER says
    where runs come from: a folder on this machine, or a Redis server such as redis://host:6379/0.
    Without it, the folder `broker` in DAGSTER_HOME.
    """
    from st_spectrum.commands.worker import print_worker_health, start_worker

    end_well(lambda: print_worker_health() if health else start_worker(concurrency))


@app.command()
def doorbell(
    account: AccountOption = DEFAULT_ACCOUNT,
    dagster: Annotated[
        str, typer.Option(help="Address of Dagster's web server, as seen from here.")
    ] = "http://127.0.0.1:3000",
    location: Annotated[
        str, typer.Option(help="The code location; by default it is called as the account.")
    ] = "",
    remove: Annotated[
        bool,
        typer.Option("--remove", help="Start nothing: take our webhooks out of ServiceTrade."),
    ] = False,
) -> None:
    """Let ServiceTrade ring when something changes, and have it carried over at once; SIGTERM ends
    it.

    A part of `serve --doorbell`; alone it stands beside a Dagster of containers or a cluster. It
    sets up its webhook by itself. Nothing depends on it: without it the sensors find every change,
    some seconds later.
    """
    from st_spectrum.commands.doorbell import remove_webhooks, run_doorbell

    end_well(
        lambda: remove_webhooks(account) if remove else run_doorbell(account, dagster, location)
    )

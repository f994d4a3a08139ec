"""The command line: names, options and help texts of its commands, a file for each kind of them.
What they do lies in `commands`.
"""

from typing import Annotated

import typer

from st_spectrum.cli import backfill, carrying, closing, looking, records, sandbox, services, setup
from st_spectrum.cli.ledger import ledger_app
from st_spectrum.cli.match import match_app

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
app.command()(backfill.backfill)
app.command()(setup.codes)
app.command()(setup.init)
app.command()(sandbox.sandbox)
app.command()(sandbox.demo)
app.command()(records.retry)
app.command()(records.handled)
app.command()(records.metrics)
app.command()(closing.sign_off)
app.command()(carrying.sync)
app.command()(carrying.plan)
app.command()(carrying.apply)
app.command()(carrying.reconcile)
app.command()(looking.check)
app.command()(looking.requirements)
app.command()(looking.record)
app.command()(services.alerts)
app.command()(services.serve)
app.command()(services.worker)
app.command()(services.doorbell)


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

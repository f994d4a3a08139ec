"""The commands of `st-spectrum match`: names, options and help texts."""

from pathlib import Path
from typing import Annotated

import typer

from st_spectrum.cli.options import DEFAULT_ACCOUNT, AccountOption
from st_spectrum.commands.running import end_well

match_app = typer.Typer(
    help="Find customers that stand in both systems already, before a first load makes them twice.",
)


@match_app.callback(invoke_without_command=True)
def match(
    context: typer.Context,
    account: AccountOption = DEFAULT_ACCOUNT,
    out: Annotated[
        Path, typer.Option("--out", help="A new file, .xlsx or .csv, for a person to go through.")
    ] = Path("match-customers.xlsx"),
    spectrum_csv: Annotated[
        list[Path] | None,
        typer.Option(
            "--spectrum-csv",
            exists=True,
            dir_okay=False,
            help=(
                "Customers exported from Spectrum, with the names of its columns: without Info-Link"
                " no more than 500 can be read. Again for vendors, sites, jobs or employees, each"
                " a file of its own."
            ),
        ),
    ] = None,
) -> None:
    """Find customers that stand in both systems already, before a first load makes them twice; and
    vendors, sites, jobs and employees, each in a sheet of its own.

    Only reads. The list says link, new or ignore where nothing speaks against it; a person goes
    through the others, and `match apply` writes what was decided.
    """
    if context.invoked_subcommand is None:
        from st_spectrum.commands.match import run_match

        end_well(lambda: run_match(account, out, spectrum_csv or []))


@match_app.command()
def apply(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The list.")],
    account: AccountOption = DEFAULT_ACCOUNT,
) -> None:
    """Write the links of a list as external ids into ServiceTrade.

    Refuses each row that is not as it was printed, but for your word. Safe to start again after it
    was stopped, at any place. Ends with 1 when a row was refused.
    """
    from st_spectrum.commands.match import run_apply

    end_well(lambda: run_apply(account, file))


@match_app.command()
def undo(account: AccountOption = DEFAULT_ACCOUNT) -> None:
    """Take back the links that `match apply` wrote.

    Leaves those that somebody changed since, and those under which a site, a job, an invoice, time
    or a job item has crossed.
    """
    from st_spectrum.commands.match import run_undo

    end_well(lambda: run_undo(account))

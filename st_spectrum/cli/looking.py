"""The commands that only look at both systems: options and help texts."""

from pathlib import Path
from typing import Annotated

import typer

from st_spectrum.cli.options import DEFAULT_ACCOUNT, AccountOption
from st_spectrum.commands.running import end_well


def check(account: AccountOption = DEFAULT_ACCOUNT) -> None:
    """Compare the account file with both systems and list what is missing, before a record meets
    it. Only reads.
    """
    from st_spectrum.commands.check import run_check

    end_well(lambda: run_check(account))


def requirements(account: AccountOption = DEFAULT_ACCOUNT) -> None:
    """List what the administrators of both systems have to set up for the flows that are switched
    on. Asks neither system.

    An account file with name, timezone, servicetrade and spectrum alone is enough. Variables that
    are not set yet stand at
    the end of the list.
    """
    from st_spectrum.commands.requirements import run_requirements

    end_well(lambda: run_requirements(account))


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

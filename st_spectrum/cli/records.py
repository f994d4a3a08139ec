"""The commands by which people act on single records."""

from typing import Annotated

import typer

from st_spectrum.cli.options import (
    DEFAULT_ACCOUNT,
    FLOW_NAMES,
    AccountOption,
    NoteOption,
    OneFlowArgument,
    WhoOption,
)
from st_spectrum.commands.running import end_well


def retry(
    flow: Annotated[str, typer.Argument(help=f"{FLOW_NAMES}.")] = "",
    keys: Annotated[
        list[str] | None,
        typer.Argument(
            help="The records: ids, Spectrum keys or numbers, as `ledger open` has them."
        ),
    ] = None,
    cause: Annotated[
        str, typer.Option("--cause", help="All records of the cause with this id.")
    ] = "",
    is_all: Annotated[bool, typer.Option("--all", help="All that waits or was refused.")] = False,
    again: Annotated[
        bool,
        typer.Option(
            "--again",
            help=(
                "For records that crossed once and are gone from the target, which is asked first;"
                " needs --note."
            ),
        ),
    ] = False,
    note: NoteOption = "",
    who: WhoOption = "",
    account: AccountOption = DEFAULT_ACCOUNT,
) -> None:
    """Have records tried again by the next round: those named, those of one cause, or all."""
    from st_spectrum.commands.acting import person_of, run_again, run_retry

    person, names = person_of(who, note), keys or []
    end_well(
        lambda: (
            run_again(account, flow, names, person)
            if again
            else run_retry(account, flow, names, cause, person, is_all=is_all)
        )
    )


def handled(
    flow: OneFlowArgument,
    key: Annotated[
        str, typer.Argument(help="The record: its id, or its number, as `ledger open` has it.")
    ],
    as_: Annotated[
        str,
        typer.Option(
            "--as", help="Its key in Spectrum, where you made it by hand; it is looked up first."
        ),
    ] = "",
    nothing: Annotated[
        bool, typer.Option("--nothing", help="Nothing is to be sent for it.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the word back.")] = False,
    note: NoteOption = "",
    who: WhoOption = "",
    account: AccountOption = DEFAULT_ACCOUNT,
) -> None:
    """Say that a record was handled by hand. What waits for it goes on; it counts under a line of
    its own.
    """
    from st_spectrum.commands.acting import person_of, run_handled

    person = person_of(who, note)
    end_well(
        lambda: run_handled(account, flow, key, as_, person, is_nothing=nothing, is_undone=undo)
    )


def metrics(account: AccountOption = DEFAULT_ACCOUNT) -> None:
    """Print what waits, its age and money, and how long records take, as Prometheus reads it."""
    from st_spectrum.commands.metrics import print_metrics

    end_well(lambda: print_metrics(account))

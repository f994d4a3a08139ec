"""The commands of `st-spectrum ledger`."""

from pathlib import Path
from typing import Annotated

import typer

from st_spectrum.cli.options import (
    DEFAULT_ACCOUNT,
    FLOW_NAMES,
    AccountOption,
    FlowArgument,
    FlowOption,
    JsonOption,
    NoteOption,
    OneFlowArgument,
    WhoOption,
)
from st_spectrum.commands.running import end_well
from st_spectrum.flows import FLOWS

ledger_app = typer.Typer(
    no_args_is_help=True,
    help="Look into the ledger, say what only a person knows, back it up and put it back.",
)

VANISHING_FLOWS = " or ".join(name for name, flow in FLOWS.items() if flow.may_vanish)


@ledger_app.command()
def show(
    flow: Annotated[
        str, typer.Argument(help=f"{FLOW_NAMES}; or all. May be left out: then all are searched.")
    ],
    key: Annotated[
        str,
        typer.Argument(
            help="The record's ServiceTrade id, its key in Spectrum, or its number, such as an"
            " invoice's."
        ),
    ] = "",
    account: AccountOption = DEFAULT_ACCOUNT,
) -> None:
    """Print everything the ledger knows about one record: where it stands, why, its money, each
    call with its answer, and who intervened.
    """
    from st_spectrum.commands.show_record import show_record

    flow, key = (flow, key) if key else ("all", flow)
    end_well(lambda: show_record(account, flow, key))


@ledger_app.command(name="open")
def open_(
    flow: FlowArgument = "all",
    since: Annotated[
        str,
        typer.Option("--since", help="Only what has waited since this day (YYYY-MM-DD) or later."),
    ] = "",
    behind: Annotated[
        bool, typer.Option("--behind", help="List the records that wait for others, too.")
    ] = False,
    named: FlowOption = "",
    json: JsonOption = False,
    account: AccountOption = DEFAULT_ACCOUNT,
) -> None:
    """List what must be done, the oldest first, with what it frees, and who can do it."""
    from st_spectrum.commands.open_records import list_open

    end_well(lambda: list_open(account, named or flow, since, as_json=json, shows_behind=behind))


@ledger_app.command()
def export(
    first: Annotated[str, typer.Option("--from", help="First day (YYYY-MM-DD).")],
    last: Annotated[str, typer.Option("--to", help="Last day, included.")],
    flow: FlowArgument = "all",
    form: Annotated[str, typer.Option("--format", help="csv, xlsx or parquet.")] = "xlsx",
    file: Annotated[
        Path | None,
        typer.Option("--file", help="A new file; by default one named after the period."),
    ] = None,
    named: FlowOption = "",
    account: AccountOption = DEFAULT_ACCOUNT,
) -> None:
    """Write one row for each step that was carried out in a period, with its time, who, digest, key
    and money, and their sum.
    """
    from st_spectrum.commands.export import export_ledger

    end_well(lambda: export_ledger(account, named or flow, (first, last), form, file))


@ledger_app.command(name="left-out")
def left_out(
    flow: FlowArgument = "all",
    account: AccountOption = DEFAULT_ACCOUNT,
) -> None:
    """List what the account file leaves out: from before go-live, of other offices, of ignored
    types. Of all flows it counts, of one it names each record.
    """
    from st_spectrum.commands.left_out import list_left_out

    end_well(lambda: list_left_out(account, flow))


@ledger_app.command()
def resolve(
    flow: OneFlowArgument,
    key: Annotated[str, typer.Argument(help="The record's id, as `ledger open` lists it.")],
    is_there: Annotated[
        bool, typer.Option("--there/--not-there", help="Whether you found the record in Spectrum.")
    ],
    spectrum_key: Annotated[
        str,
        typer.Option(
            "--as", help="With --there: its key, where Spectrum gave another than was sent."
        ),
    ] = "",
    note: NoteOption = "",
    who: WhoOption = "",
    account: AccountOption = DEFAULT_ACCOUNT,
) -> None:
    """Say what you found in Spectrum for a record whose answer was lost, or what you did there
    about time that changed.
    """
    from st_spectrum.commands.acting import person_of, run_resolve

    person = person_of(who, note)
    end_well(
        lambda: run_resolve(account, flow, key, person, is_there=is_there, target_key=spectrum_key)
    )


@ledger_app.command()
def allow(
    flow: Annotated[str, typer.Argument(help=f"{VANISHING_FLOWS}.")],
    count: Annotated[
        int,
        typer.Argument(
            help="How many are really gone, as the sentence that stopped the round says."
        ),
    ],
    account: AccountOption = DEFAULT_ACCOUNT,
) -> None:
    """Say once that so many records, which vanished all at once, are really gone. Looks at both
    systems before it believes it.
    """
    from st_spectrum.commands.allow import allow_vanished

    end_well(lambda: allow_vanished(account, flow, count))


@ledger_app.command(name="accept-double")
def accept_double(
    flow: OneFlowArgument,
    key: Annotated[
        str,
        typer.Argument(help="The key that stands twice, as the nightly reconciliation says it."),
    ],
    account: AccountOption = DEFAULT_ACCOUNT,
) -> None:
    """Say that what stands twice under a key may: it is told no more, until it stands in other
    places.
    """
    from st_spectrum.commands.ledger import accept_doubles

    end_well(lambda: accept_doubles(account, flow, key))


@ledger_app.command(hidden=True)
def retry(
    flow: OneFlowArgument,
    keys: Annotated[
        list[str] | None, typer.Argument(help="Ids of `ledger open`; without any, all that waits.")
    ] = None,
    account: AccountOption = DEFAULT_ACCOUNT,
) -> None:
    """The older name of `st-spectrum retry FLOW KEY ...` and, without keys, `st-spectrum retry FLOW
    --all`; it keeps nobody's name.
    """
    from st_spectrum.commands.ledger import retry_entries

    end_well(lambda: retry_entries(account, flow, keys or ()))


@ledger_app.command()
def rebuild(account: AccountOption = DEFAULT_ACCOUNT) -> None:
    """Make a lost ledger anew from what both systems hold. Reads only; run `sync` afterwards."""
    from st_spectrum.commands.ledger import rebuild_ledger

    end_well(lambda: rebuild_ledger(account))


@ledger_app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A new file for the backup.")],
    account: AccountOption = DEFAULT_ACCOUNT,
) -> None:
    """Write the whole ledger into one file, as of one moment, while everything goes on."""
    from st_spectrum.commands.ledger_copies import back_up_ledger

    end_well(lambda: back_up_ledger(account, file))


@ledger_app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `ledger backup` wrote.")],
    account: AccountOption = DEFAULT_ACCOUNT,
) -> None:
    """Put a backup back. The next round brings it up to date from both systems before it sends
    anything.
    """
    from st_spectrum.commands.ledger_copies import put_ledger_back

    end_well(lambda: put_ledger_back(account, file))


@ledger_app.command()
def accept(
    sent_through: Annotated[
        str,
        typer.Option(
            help=(
                "Last work day (YYYY-MM-DD) whose time was sent to payroll before the ledger was"
                " put back."
            )
        ),
    ] = "",
    this_ledger: Annotated[
        bool,
        typer.Option(
            "--this-ledger", help="Of two ledgers, go on with the one that the account file names."
        ),
    ] = False,
    account: AccountOption = DEFAULT_ACCOUNT,
) -> None:
    """Say that you know what was done about an older ledger, and what only a person can tell."""
    from st_spectrum.commands.ledger_copies import accept_ledger

    end_well(lambda: accept_ledger(account, sent_through, is_this_ledger=this_ledger))

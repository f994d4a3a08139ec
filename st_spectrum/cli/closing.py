"""The command by which people close a period."""

from typing import Annotated

import typer

from st_spectrum.cli.options import DEFAULT_ACCOUNT, AccountOption, NoteOption, WhoOption
from st_spectrum.commands.running import end_well


def sign_off(
    month: Annotated[
        str, typer.Option(help="Of invoices: the month, such as 2026-03.", metavar="MONTH")
    ] = "",
    week: Annotated[
        str,
        typer.Option(help="Of time: the last day of the payroll week, such as 2026-03-07."),
    ] = "",
    note: NoteOption = "",
    who: WhoOption = "",
    account: AccountOption = DEFAULT_ACCOUNT,
) -> None:
    """Sign what a month of invoices or a payroll week adds up to, once both sides are found equal.

    Both sides are read afresh. What they add up to is kept, and a later change of it is told. Ends
    with 1 when the sides are not equal, and nothing is signed then.
    """
    from st_spectrum.commands.acting import person_of
    from st_spectrum.commands.sign_off import run_sign_off

    end_well(lambda: run_sign_off(account, month, week, person_of(who, note)))

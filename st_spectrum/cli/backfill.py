"""The command for a first load in waves."""

from typing import Annotated

import typer

from st_spectrum.cli.options import DEFAULT_ACCOUNT, AccountOption, FlowArgument, JsonOption
from st_spectrum.commands.running import end_well
from st_spectrum.domain.backfill_by import By


def backfill(
    flow: FlowArgument = "all",
    account: AccountOption = DEFAULT_ACCOUNT,
    wave: Annotated[
        int, typer.Option(min=1, max=5000, help="Records of a flow that cross in one wave.")
    ] = 100,
    per_hour: Annotated[
        int, typer.Option(min=0, help="Send no more records than this in an hour; 0: any number.")
    ] = 0,
    outside: Annotated[
        str,
        typer.Option(
            help="Begin no wave in these business hours of Monday to Friday, such as 7-18."
        ),
    ] = "",
    most_waves: Annotated[
        int, typer.Option("--waves", min=0, help="Stop after so many waves; 0: when all is done.")
    ] = 0,
    by: Annotated[
        By,
        typer.Option(
            help="Part the load by flow, by office, or into so many whole customers a wave."
        ),
    ] = By.FLOW,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="With --by office or customer: this one alone; may be given several times."
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Carry everything across for the first time, in waves, with a report of each.

    Stop it by Ctrl-C whenever you like: the same command goes on where it was. Older records that
    those of a wave need cross with it. With --by office one office crosses after the other, with
    --by customer a customer whole, its sites, jobs and invoices with it; then by flow what belongs
    to nobody, time and purchase orders. Ends with 0 when nothing new is left or the waves asked for
    are done; what waits for people is in `ledger open`. Ends with 1 when a system stopped it, and
    with 2 while the account has not gone live.
    """
    from st_spectrum.commands.backfill import Wished, run_backfill

    wished = Wished(flow, wave, per_hour, outside, most_waves, by, tuple(only or ()))
    end_well(lambda: run_backfill(account, wished, as_json=json))

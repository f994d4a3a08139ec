"""The commands that need no account: both systems as stand-ins, and the whole thing at work on
them.
"""

from pathlib import Path
from typing import Annotated

import typer

from st_spectrum.commands.running import end_well


def sandbox(
    servicetrade_port: Annotated[
        int, typer.Option(help="Port of the ServiceTrade stand-in; 0 takes a free one.")
    ] = 8101,
    spectrum_port: Annotated[
        int, typer.Option(help="Port of the Spectrum stand-in; 0 takes a free one.")
    ] = 8102,
    console_port: Annotated[
        int, typer.Option(help="Port of the page that shows both; 0 takes a free one.")
    ] = 8100,
    smtp_port: Annotated[
        int, typer.Option(help="Port of the mail sink; 0 takes a free one.")
    ] = 8125,
    state: Annotated[
        Path, typer.Option(help="Folder that keeps its records from one start to the next.")
    ] = Path(".local/sandbox"),
    world: Annotated[
        str, typer.Option(help="Fill it when it is empty: none, small, demo, load or ten-years.")
    ] = "demo",
    addresses: Annotated[
        Path | None, typer.Option(help="Write the addresses to this file as JSON once it is up.")
    ] = None,
) -> None:
    """Run both systems as strict local stand-ins, on this machine only, until Ctrl-C."""
    from st_spectrum.commands.sandbox import run_sandbox

    ports = (servicetrade_port, spectrum_port, console_port)
    end_well(lambda: run_sandbox(ports, smtp_port, state, world, addresses))


def demo(
    once: Annotated[
        bool,
        typer.Option(
            "--once", help="End when all is quiet, compare both sides, print one JSON document."
        ),
    ] = False,
    world: Annotated[
        str, typer.Option(help="Size of the contractor: small, demo or load.")
    ] = "demo",
) -> None:
    """Show the whole thing at work: sandbox, Dagster with its sensors on, a first load, then a
    living world.
    """
    from st_spectrum.commands.demo import run_demo

    end_well(lambda: run_demo(once=once, world=world))

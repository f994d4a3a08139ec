"""The commands that need no account: both systems as stand-ins, and the whole thing at work on
them.
"""

from pathlib import Path
from typing import Annotated

import typer

from st_spectrum.commands.running import end_well


def sandbox(
    servicetrade_port: Annotated[
        int | None,
        typer.Option(
            help="Port of the ServiceTrade stand-in: 8101 or the next free one unless told; 0: any."
        ),
    ] = None,
    spectrum_port: Annotated[
        int | None,
        typer.Option(
            help="Port of the Spectrum stand-in: 8102 or the next free one unless told; 0: any."
        ),
    ] = None,
    console_port: Annotated[
        int | None,
        typer.Option(
            help="Port of the page that shows both: 8100 or the next free one unless told; 0: any."
        ),
    ] = None,
    smtp_port: Annotated[
        int | None,
        typer.Option(help="Port of the mail sink: 8125 or the next free one unless told; 0: any."),
    ] = None,
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
    from st_spectrum.commands.sandbox import Ports, run_sandbox

    ports = Ports(servicetrade_port, spectrum_port, console_port, smtp_port)
    end_well(lambda: run_sandbox(ports, state, world, addresses))


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

"""Options and arguments of the commands: those that several take, and those of `serve`."""

from pathlib import Path
from typing import Annotated

import typer

from st_spectrum.flows import FLOWS

AccountOption = Annotated[
    Path,
    typer.Option(
        "--account", envvar="ST_SPECTRUM_ACCOUNT", help="The contractor's account file (YAML)."
    ),
]

*_FIRST, _LAST = FLOWS
FLOW_NAMES = f"{', '.join(_FIRST)} or {_LAST}"

FlowArgument = Annotated[str, typer.Argument(help=f"{FLOW_NAMES}; or all, in their order.")]

OneFlowArgument = Annotated[str, typer.Argument(help=f"{FLOW_NAMES}.")]

FlowOption = Annotated[
    str, typer.Option("--flow", help="The same as the argument, for who looks for an option.")
]

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document instead of tables.")
]

WhoOption = Annotated[
    str,
    typer.Option(
        "--who", envvar="ST_SPECTRUM_WHO", help="Who acts; by default the login of this terminal."
    ),
]

NoteOption = Annotated[
    str, typer.Option("--note", help="Why, for whoever reads it next year; it is kept.")
]

DEFAULT_ACCOUNT = Path("accounts/sandbox.yaml")

WebPortOption = Annotated[
    int,
    typer.Option(
        min=0, envvar="ST_SPECTRUM_WEB_PORT", help="Port of Dagster's page; 0 takes a free one."
    ),
]

CodePortOption = Annotated[
    int,
    typer.Option(
        min=0,
        envvar="ST_SPECTRUM_CODE_PORT",
        help="Port of the code server; 0 takes a free one.",
    ),
]

HostOption = Annotated[
    str,
    typer.Option(
        help=(
            "Address at which Dagster's page listens. It has no login: take another only behind"
            " a proxy that asks for one."
        )
    ),
]

DoorbellOption = Annotated[
    bool,
    typer.Option(
        "--doorbell",
        envvar="ST_SPECTRUM_DOORBELL",
        help="Let ServiceTrade ring when something changes, as the account file says where.",
    ),
]

HealthOfServerOption = Annotated[
    bool,
    typer.Option("--health", help="Start nothing: say in one line whether all processes are well."),
]

"""Options and arguments that several commands take."""

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

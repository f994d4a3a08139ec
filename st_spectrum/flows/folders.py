"""The flows by their names: what each folder offers, imported when it is first asked for.

A flow is a folder with the modules `notice` and `flow` in it, and its description in `FLOWS`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from st_spectrum.account import Account
from st_spectrum.engine.looks.changes import Bounds, Changes
from st_spectrum.flows import FLOWS
from st_spectrum.flows.readers import Readers
from st_spectrum.ledger.documents.records import Cursor

if TYPE_CHECKING:  # what draws in the clients, which a tick may not need
    from st_spectrum.engine.flow import Flow
    from st_spectrum.flows.context import Context


class Notice(Protocol):
    """`flows/<name>/notice.py`: what a tick needs, without clients and rules of a run."""

    def why_idle(self, account: Account) -> str:
        """Why the account file has nothing of this flow carried, in one sentence; "" where it is
        carried.
        """

    def notice(self, readers: Readers, cursor: Cursor, bounds: Bounds) -> Changes:
        """What is new or changed since the cursor. Raises a `SyncFault` when a read failed: then
        the caller keeps its cursor.
        """


def notice_of(flow: str) -> Notice:
    """The part of a flow that only looks. Raises `KeyError` for a name that is no flow's."""
    return cast(Notice, import_module(FLOWS[flow].module("notice")))


class Factory(Protocol):
    """`flows/<name>/flow.py`: what makes a flow of what an account is connected with."""

    def build(self, context: "Context") -> "Flow":
        """The flow; no call is made before the first one is needed."""


def build_flow(flow: str, context: "Context") -> "Flow":
    """A flow by its name. Raises `KeyError` for a name that is no flow's."""
    return cast(Factory, import_module(FLOWS[flow].module("flow"))).build(context)

"""`st-spectrum ledger allow`: a person's word that so many records are really gone."""

from pathlib import Path
from typing import TYPE_CHECKING

from st_spectrum.account.file import load_account
from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.flows import FLOWS

if TYPE_CHECKING:
    from st_spectrum.engine.allowance import Vanished
    from st_spectrum.flows.session import Session

SHOWN = 20


def allow_vanished(account_file: Path, flow: str, count: int) -> int:
    """0 when what is missing was noted as gone; 1 when nothing is, or more than `count`."""
    from st_spectrum.engine.allowance import FOR_GOOD, allow
    from st_spectrum.flows.session import open_session

    with open_session(load_account(account_file)) as session:
        vanished = _vanished(session, flow)
        if not vanished.keys:
            print(f"Nothing of {flow} is missing now; nothing was changed.")
            return 1
        print(
            f"{vanished.story}:"
            f" {', '.join(vanished.keys[:SHOWN])}{' ...' if len(vanished.keys) > SHOWN else ''}"
        )
        if len(vanished.keys) > count:
            print(f"That is {len(vanished.keys)} and not {count}; nothing was changed.")
            return 1
        allow(session.ledger, flow, vanished.keys, vanished.lasts)
    until = (
        "until they are listed again"
        if vanished.lasts == FOR_GOOD
        else "for the next 24 hours; the next round acts on it"
    )
    print(f"{len(vanished.keys)} of {flow} noted as gone, {until}.")
    return 0


def _vanished(session: "Session", flow: str) -> "Vanished":
    known = session.flows.get(flow)
    vanished = known.vanished_now() if known else None
    if vanished is None:
        others = ", ".join(name for name, description in FLOWS.items() if description.may_vanish)
        raise ArgumentInvalid(
            [f"what is missing of {flow!r} needs nobody's word; of {others} it does"]
        )
    return vanished

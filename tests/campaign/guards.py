"""The product with one guard taken out: its collaborator is replaced for the length of a test. The
product itself has no switch for any of this.
"""

from collections.abc import Callable
from typing import Any

from pytest import MonkeyPatch

from st_spectrum.domain.standing import NOTHING
from st_spectrum.engine.steps import reservations, second_guard
from st_spectrum.engine.steps.step_executor import StepExecutor
from st_spectrum.ledger.codes import Codes
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.memory import MemoryStore

Removal = Callable[[MonkeyPatch], None]


def no_claim(patch: MonkeyPatch) -> None:
    """Whoever wants a record takes it, and every write of the ledger overwrites."""

    def put(store: Any, key: str, body: str, _etag: str = "") -> str:
        with store._lock:
            return str(store._put(key, body))

    patch.setattr(MemoryStore, "replace", put)
    patch.setattr(Ledger, "_check_free", lambda *_: None)
    patch.setattr(Ledger, "_check_held", lambda *_: None)
    patch.setattr("st_spectrum.ledger.ledger._check_version", lambda *_: None)


def no_look_up(patch: MonkeyPatch) -> None:
    """What may have been sent is sent again, without a look and without a pause for what is
    late.
    """
    patch.setattr(StepExecutor, "_present", lambda *_: frozenset())
    patch.setattr(StepExecutor, "_be_sure_of_absence", lambda *_: None)


def no_second_guard(patch: MonkeyPatch) -> None:
    """The target is not asked what it holds already."""
    patch.setattr(second_guard, "ask", lambda *_: NOTHING)


def no_reservation(patch: MonkeyPatch) -> None:
    """Every record may have every code and number, whoever has it already."""
    patch.setattr(reservations, "reserve", lambda *_: None)
    patch.setattr(Codes, "_take", lambda *_: True)
    patch.setattr(Codes, "_untaken", lambda _self, _kind, candidates: candidates)


GUARDS: dict[str, tuple[Removal, tuple[str, ...]]] = {
    "claim": (no_claim, ("time by SOAP", "purchase orders")),
    "look-up": (no_look_up, ("time by SOAP", "purchase orders")),
    "second guard": (no_second_guard, ("time by SOAP", "time by REST")),
    "reservation": (no_reservation, ("jobs", "invoices by SOAP", "invoices by REST")),
}
"""How each is taken out, and the cases of which its histories are."""

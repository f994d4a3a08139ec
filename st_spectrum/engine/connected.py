"""What a round works with: an account's flows, its ledger, and the engine that serves them."""

from collections.abc import Mapping
from typing import Protocol

from st_spectrum.engine.engine import Engine
from st_spectrum.engine.flow import Flow, Targets
from st_spectrum.engine.guards.epoch_guard import EpochGuard
from st_spectrum.ledger.ledger import Ledger


class Connected(Protocol):
    """One account, connected."""

    @property
    def flows(self) -> Mapping[str, Flow]:
        """By name, in the order in which one must be complete before the next can be."""

    @property
    def ledger(self) -> Ledger:
        """What is known of every record."""

    @property
    def targets(self) -> Targets:
        """Both systems, as far as they are written to."""

    @property
    def engine(self) -> Engine:
        """Carries records of all these flows."""

    def refuse_before_go_live(self) -> None:
        """Raises `NotLive` while nothing of the account is carried yet."""

    @property
    def guard(self) -> EpochGuard:
        """Tells a ledger that is older than what has happened."""

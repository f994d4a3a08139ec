"""From a ring to a run: for each flow one thread that evaluates its change sensor now.

A ring is no more than a reason to look. Many rings are one look, a ring while a run of the lane is
going waits for its end, and whatever goes wrong drops the ring: the sensor finds the change at its
next tick.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from st_spectrum.domain.flow_description import FlowDescription
from st_spectrum.doorbell.dagster_api import AskedRun, ChangeSensor, DagsterSilent, Evaluated
from st_spectrum.doorbell.rings import NoMessage, flows_rung


@dataclass(frozen=True)
class BellPace:
    """How soon a ring is answered, in seconds.

    One change by a person is several messages; what comes within `gather` is one look. `again` lies
    between two looks at a lane whose run is going, and between two evaluations. After looks that
    found nothing a bell rests up to `longest_pause`; as often as that the sensor looks by itself,
    so a flood costs ServiceTrade no more than twice the calls. A ring waits for a run of its lane
    no longer than `patience`; by then the sensor has its turn.
    """

    gather: float = 0.3
    again: float = 0.5
    longest_pause: float = 5.0
    patience: float = 120.0

    def pause(self, looks_in_vain: int) -> float:
        """How long to look no more. The first look in vain is ordinary: what a run writes back
        rings too.
        """
        if looks_in_vain < 2:
            return 0.0
        return min(self.longest_pause, self.again * 2.0 ** min(looks_in_vain - 2, 10))


class Dagster(Protocol):
    """What a bell asks of Dagster; see `dagster_api`."""

    def change_sensor(self, flow: str) -> ChangeSensor:
        """The sensor of a flow as it stands."""

    def evaluate(self, sensor: ChangeSensor) -> Evaluated:
        """What it would do now."""

    def launch(self, sensor: ChangeSensor, asked: AskedRun) -> str:
        """Put a run that it asks for into the queue; its id."""

    def advance(self, flow: str, sensor: ChangeSensor, cursor: str | None) -> None:
        """Keep the cursor of an evaluation."""


Say = Callable[[str], None]


class Bell:
    """The bell of one flow. `ring` returns at once, from any thread."""

    def __init__(self, flow: str, dagster: Dagster, say: Say, pace: BellPace) -> None:
        self._flow, self._dagster, self._say, self._pace = flow, dagster, say, pace
        self._rung = threading.Event()
        self._is_over = threading.Event()
        self._last_said = ""
        self._looks_in_vain = 0
        self._thread = threading.Thread(target=self._answer, name=f"bell of {flow}", daemon=True)
        self._thread.start()

    def ring(self) -> None:
        """Something may be new."""
        self._rung.set()

    def stop(self) -> None:
        """Answer nobody any more."""
        self._is_over.set()
        self._rung.set()
        self._thread.join(self._pace.again)

    def _answer(self) -> None:
        while self._rung.wait() and not self._is_over.wait(self._pace.gather):
            self._rung.clear()
            self._looks_in_vain += 1
            try:
                self._look()
            except DagsterSilent as silence:
                self._tell(f"{self._flow}: a ring is dropped, because of Dagster: {silence}.")
            except Exception as fault:  # noqa: BLE001 - a bell that died would ring for nobody
                self._tell(f"{self._flow}: a ring is dropped: {type(fault).__name__}.")
            self._is_over.wait(self._pace.pause(self._looks_in_vain))

    def _look(self) -> None:
        sensor = self._free_sensor()
        if sensor is None:
            self._tell(f"{self._flow}: a run is going for long; what is new waits for the sensor.")
            return
        if not sensor.is_on:
            self._tell(f"{self._flow}: {sensor.name} is switched off in Dagster.")
            return
        if sensor.cursor is None:
            self._tell(f"{self._flow}: {sensor.name} has not had its first tick yet.")
            return
        evaluated = self._dagster.evaluate(sensor)
        for asked in evaluated.runs:
            run_id = self._dagster.launch(sensor, asked)
            self._say(
                f"{self._flow}: rung; run {run_id[:8]} carries {asked.tags.get('records', '?')}."
            )
        if evaluated.runs:
            self._looks_in_vain = 0
            # Else the next look would take for new what the run itself changes about a record.
            self._dagster.advance(self._flow, sensor, evaluated.cursor)
        self._last_said = ""

    def _free_sensor(self) -> ChangeSensor | None:
        """The sensor once no run of its lane is going; None when that takes too long."""
        deadline = time.monotonic() + self._pace.patience
        while (sensor := self._dagster.change_sensor(self._flow)).is_in_flight:
            if time.monotonic() > deadline or self._is_over.wait(self._pace.again):
                return None
        return sensor

    def _tell(self, sentence: str) -> None:
        """Once, and not for every ring of a flood."""
        if sentence != self._last_said:
            self._last_said = sentence
            self._say(sentence)


class Bells:
    """The bells of all flows that ServiceTrade can ring for."""

    def __init__(
        self,
        flows: Mapping[str, FlowDescription],
        dagster: Dagster,
        say: Say,
        pace: BellPace = BellPace(),
    ) -> None:
        self._flows = {name: flow for name, flow in flows.items() if flow.rung_by}
        self._bells = {name: Bell(name, dagster, say, pace) for name in self._flows}

    def ring(self, body: bytes) -> bool:
        """Ring for whatever a message tells of; False when the body is none."""
        try:
            rung = flows_rung(body, self._flows)
        except NoMessage:
            return False
        for flow in rung:
            self._bells[flow].ring()
        return True

    def stop(self) -> None:
        """Answer nobody any more."""
        for bell in self._bells.values():
            bell.stop()

"""A Dagster whose sensors ask for what is due, for tests of the bells."""

from dataclasses import dataclass, field

from st_spectrum.doorbell.dagster_api import AskedRun, ChangeSensor, Evaluated


@dataclass
class DagsterStandIn:
    """`due` counts what is new in a flow; runs are asked for under one key as long as it stays."""

    due: dict[str, int] = field(default_factory=dict)
    going: set[str] = field(default_factory=set)
    is_on: bool = True
    cursor: str | None = "{}"
    fault: Exception | None = None
    launched: list[str] = field(default_factory=list)
    evaluated: list[str] = field(default_factory=list)
    kept: list[tuple[str, str | None]] = field(default_factory=list)
    looked: int = 0

    def change_sensor(self, flow: str) -> ChangeSensor:
        self.looked += 1
        if self.fault:
            raise self.fault
        name = f"{flow}_changes"
        return ChangeSensor(name, f"{flow}_job", self.is_on, self.cursor, flow in self.going)

    def evaluate(self, sensor: ChangeSensor) -> Evaluated:
        flow = sensor.name.removesuffix("_changes")
        self.evaluated.append(flow)
        key = f"{flow}-{self.due.get(flow, 0)}"
        if not self.due.get(flow) or key in self.launched:
            return Evaluated((), "seen")
        return Evaluated((AskedRun(key, "ops: {}", {"records": "1"}),), "asked")

    def launch(self, _sensor: ChangeSensor, asked: AskedRun) -> str:
        self.launched.append(asked.run_key)
        return "0123456789abcdef"

    def advance(self, flow: str, _sensor: ChangeSensor, cursor: str | None) -> None:
        self.kept.append((flow, cursor))

"""What a plan says of each record, and whether a decision that is made afresh is still the one that
was planned.

A plan is made by a dry run, and applied by the same engine: it claims, asks both guards and writes
as in any round, but leaves alone what is not in the plan word for word.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from st_spectrum.domain.commands import Command
from st_spectrum.domain.decisions import Create, Decision, Hold, LeaveUnchanged, Skip, Update, Void
from st_spectrum.domain.digests import digest
from st_spectrum.domain.progress import Progress
from st_spectrum.engine.flow_answers import Evaluation

UNAPPROVED = Hold(
    "waits for a person's approval",
    "Read it by `st-spectrum plan --out plan.json`, send it by `st-spectrum apply plan.json`; with"
    " `mode: automatic` in the account file it crosses by itself.",
)
"""Of each record that could cross now, where the account file has `mode: approve`."""

MOVED = "not sent: it is no longer what the plan says"
PLAN_AGAIN = "Make a new plan; it shows what would be sent now."


@dataclass(frozen=True)
class Considered:
    """A record that is being decided on: what was read of it, and how far it has come."""

    flow: str
    key: str
    evaluation: Evaluation
    progress: Progress


@dataclass
class PlanSheet:
    """All decisions of a dry run. Safe for several threads."""

    decisions: dict[tuple[str, str], tuple[Considered, Decision]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, record: Considered, decision: Decision) -> None:
        """The last decision about a record counts."""
        with self._lock:
            self.decisions[record.flow, record.key] = (record, decision)


@dataclass
class Approval:
    """The planned writes by (flow, key), as `payload` made them; `refused` fills with what had
    moved and why. Safe for several threads.
    """

    planned: Mapping[tuple[str, str], Mapping[str, Any]]
    refused: dict[tuple[str, str], str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def objection(self, record: Considered, decision: Decision) -> Hold | None:
        """Why nothing may be sent for the record; None where the decision is the planned one."""
        why = self._why_not(self.planned.get((record.flow, record.key)), record, decision)
        with self._lock:
            if why is None:
                self.refused.pop((record.flow, record.key), None)
                return None
            self.refused[record.flow, record.key] = why
        return Hold(f"{MOVED}: {why}", PLAN_AGAIN, cause=MOVED)

    def _why_not(
        self, planned: Mapping[str, Any] | None, record: Considered, decision: Decision
    ) -> str | None:
        if planned is None:
            return "it is not in the plan"
        if isinstance(decision, Hold | LeaveUnchanged):
            return f"it waits now: {decision.reason}"
        if isinstance(decision, Skip):
            return f"nothing is to be sent any more: {decision.reason}"
        now = payload(record, decision)
        if digest(now) == digest(planned):
            return None
        return difference(planned, now)


def payload(record: Considered, decision: Create | Update | Void) -> dict[str, Any]:
    """All that writing the decision comes to, in JSON values. A code that is still to be given is
    in none of it, only the place where it goes.
    """
    progress = record.progress
    values = {
        "action": type(decision).__name__.lower(),
        "target_key": decision.target_key,
        "begun": sorted(progress.done_steps),
        "in_doubt": sorted(progress.started_steps),
        "standing": [] if isinstance(decision, Update) else sorted(decision.standing),
        "steps": [
            {"step": step.name, "calls": [_call(command) for command in step.calls]}
            for step in decision.steps
        ],
    }
    found: dict[str, Any] = json.loads(json.dumps(values, default=str))
    return found


def _call(command: Command) -> dict[str, Any]:
    return {
        "system": command.system.value,
        "operation": command.operation,
        "key": command.key,
        "fields": dict(command.fields),
    }


def difference(planned: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """What differs between two payloads, the first few fields of it by name."""
    before, after = dict(_flat("", planned)), dict(_flat("", now))
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    reasons = [
        f"{name} was {before.get(name, 'absent')!r} and is {after.get(name, 'absent')!r}"
        for name in names[:3]
    ]
    more = [f"and {len(names) - 3} more"] if names[3:] else []
    return "; ".join([*reasons, *more])


def _flat(name: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        parts = [(f"{name}.{key}" if name else key, inner) for key, inner in value.items()]
    elif isinstance(value, list):
        parts = [(f"{name}[{number}]", inner) for number, inner in enumerate(value, 1)]
    else:
        return [(name, value)]
    return [pair for inner, part in parts for pair in _flat(inner, part)]

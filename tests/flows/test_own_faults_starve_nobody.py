"""Records whose own data is wrong, in words that name no field, keep the others waiting for one
pause and no longer.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from st_spectrum.account.connections import LedgerSettings
from st_spectrum.domain.decisions import Create, Step
from st_spectrum.domain.errors import Problem, Rejected
from st_spectrum.engine.flow_answers import Evaluation
from st_spectrum.engine.retries.breaker import PAUSES, Breaker, Cause
from st_spectrum.engine.retries.code_places import CodePlaces
from st_spectrum.engine.steps.breakers import Breakers
from st_spectrum.engine.steps.ledger_writer import RecordContext
from st_spectrum.flows import FLOWS
from st_spectrum.flows.customers.commands import AddCustomer
from st_spectrum.flows.customers.description import CUSTOMERS
from st_spectrum.ledger.ledger import open_ledger
from st_spectrum.ledger.memory import MemoryStore

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FLOW: Any = SimpleNamespace(name="customers", description=CUSTOMERS)


@dataclass
class Town:
    """Customers that go through the breakers as the engine asks them; `bad` ones are refused for a
    postal code of their own.
    """

    bad: set[str]
    now: datetime = NOON
    passed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        ledger = open_ledger(LedgerSettings(), lambda: self.now, MemoryStore())
        self.breakers = Breakers(ledger, "settings", lambda: self.now, CodePlaces(FLOWS.values()))

    def round(self, keys: str) -> None:
        self.refused.clear()
        self.breakers.begin("customers")
        waiting = [*keys]
        for _ in range(3):
            for key in waiting:
                self._one(key)
            waiting = self.breakers.take_released()

    def _one(self, key: str) -> None:
        call = AddCustomer({"Name": key}, key)
        decision = Create(key, (Step("customer", (call,)),))
        context = RecordContext(FLOW, key, "run", None, Evaluation(key, "", decision))
        if key in self.passed or self.breakers.hold_for(context, decision, is_dry_run=False):
            return
        if key in self.bad:
            self.refused.append(key)
            problem = Problem("101", "Invalid postal code", "")
            self.breakers.refused(
                context, call, Rejected([problem], system="spectrum", operation="AddCustomer")
            )
        else:
            self.passed.append(key)
            self.breakers.passed(context, decision, ["customer"])


def test_three_records_whose_own_data_is_refused_keep_the_others_waiting_for_one_pause_only() -> (
    None
):
    town = Town({"a", "b", "c"})
    town.round("abcdefg")
    assert (town.refused, town.passed) == (["a", "b", "c"], [])
    town.now += PAUSES[0]

    town.round("abcdefg")

    assert town.passed == [*"defg"]


def test_where_nothing_else_waits_one_of_the_refused_records_is_tried_after_the_pause() -> None:
    town = Town({"a", "b", "c"})
    town.round("abc")
    town.round("abc")
    assert town.refused == []
    town.now += PAUSES[0]

    town.round("abc")
    assert town.refused == ["a"]

    town.bad.clear()
    town.now += PAUSES[1]
    town.round("abc")
    assert sorted(town.passed) == ["a", "b", "c"]


def test_a_pause_that_a_wrong_clock_has_set_means_nothing() -> None:
    later = NOON + timedelta(days=400)
    breaker = Breaker(
        Cause("customers", "AddCustomer"), "", (), NOON, "settings", next_try_at=later
    )
    assert breaker.is_due(NOON, "settings")
    assert not breaker.is_due(later - timedelta(minutes=5), "settings")

"""The arithmetic of fault rules."""

from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.sandbox.calls import CallLog, Operation
from st_spectrum.sandbox.faults import FaultKind, FaultRule, Faults

ADD = Operation("AddCustomer", "C00001", True)
GET = Operation("GetCustomers", "", False)


def rule(**values: object) -> FaultRule:
    return FaultRule(**({"system": "spectrum", "kind": FaultKind.FAIL_BEFORE} | values))


@given(skip=st.integers(0, 5), count=st.integers(1, 5), calls=st.integers(0, 15))
def test_a_rule_spares_the_first_calls_then_hits_its_count_and_is_gone(
    skip: int, count: int, calls: int
) -> None:
    faults = Faults()
    faults.add(rule(skip=skip, count=count))
    hits = [faults.take("spectrum", ADD) is not None for _ in range(calls)]
    assert hits == [skip <= nth < skip + count for nth in range(calls)]
    assert bool(faults.list()) == (calls < skip + count)


def test_a_rule_hits_only_its_system_its_operation_and_its_key() -> None:
    faults = Faults()
    faults.add(rule(operation="AddCustomer", key="0000"))
    assert faults.take("servicetrade", ADD) is None
    assert faults.take("spectrum", GET) is None
    assert faults.take("spectrum", Operation("AddCustomer", "X9", True)) is None
    assert faults.take("spectrum", ADD) is not None


def test_calls_that_do_not_match_leave_the_skips_alone() -> None:
    faults = Faults()
    faults.add(rule(operation="AddCustomer", skip=1))
    faults.take("spectrum", GET)
    assert faults.list()[0].skip == 1


def test_one_call_meets_one_rule_and_the_next_call_the_next() -> None:
    faults = Faults()
    faults.add(rule(kind=FaultKind.DROP_ANSWER))
    faults.add(rule(kind=FaultKind.REFUSE))
    kinds = [
        taken.kind
        for taken in (faults.take("spectrum", ADD), faults.take("spectrum", ADD))
        if taken
    ]
    assert kinds == [FaultKind.DROP_ANSWER, FaultKind.REFUSE]


def test_the_log_forgets_its_oldest_calls_but_never_reuses_a_number() -> None:
    log = CallLog(limit=3)
    for _ in range(5):
        log.add("spectrum", ADD, status=200, is_committed=True, is_answered=True)
    assert [entry.seq for entry in log.entries()] == [3, 4, 5]
    assert [entry.seq for entry in log.newest(2)] == [5, 4]
    log.clear()
    log.add("spectrum", GET, status=200, is_committed=True, is_answered=True)
    assert [entry.seq for entry in log.entries()] == [6]


def test_the_log_is_filtered_by_system_operation_writes_and_number() -> None:
    log = CallLog()
    log.add("spectrum", ADD, status=200, is_committed=True, is_answered=True)
    log.add("spectrum", GET, status=200, is_committed=True, is_answered=True)
    log.add(
        "servicetrade",
        Operation("POST /company", "", True),
        status=200,
        is_committed=True,
        is_answered=True,
    )
    assert [entry.operation for entry in log.entries(writes=True)] == [
        "AddCustomer",
        "POST /company",
    ]
    assert [entry.operation for entry in log.entries(system="spectrum", writes=False)] == [
        "GetCustomers"
    ]
    assert [entry.seq for entry in log.entries(operation="AddCustomer", after=1)] == []

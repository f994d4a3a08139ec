"""Recorded calls put in order for sending them again."""

from pathlib import Path

from benchmarks.recording import RecordedCall, by_flow, read_calls, span, write_calls
from st_spectrum.sandbox.calls import SystemName


def call(system: SystemName, operation: str, key: str = "", began: float = 0.0) -> RecordedCall:
    return RecordedCall(
        system, operation, key, False, "POST", "/", {}, "näher", 200, began, began + 0.5
    )


ROUND = [
    call("servicetrade", "POST /oauth2/token", "client_credentials"),
    call("servicetrade", "GET /company", "limit=1000&page=1"),
    call("spectrum", "GET /wsdls/AddCustomer.jws"),
    call("spectrum", "AddCustomer", "C00001"),
    call("spectrum", "AddCustomer", "C00002"),
    call("servicetrade", "PUT /externalid", "company|12|spectrum|C00002"),
    call("servicetrade", "PUT /externalid", "company|11|spectrum|C00001"),
    call("servicetrade", "GET /location", "limit=1000&page=1"),
    call("servicetrade", "GET /company/{id}", "11"),
    call("servicetrade", "GET /job", "limit=1000&page=1"),
    call("servicetrade", "GET /location/{id}", "99"),
    call("servicetrade", "GET /servicerequest", "jobId=31&limit=1000&page=1"),
    call("spectrum", "GetPhaseEnhanced", "TEMPLATE"),
    call("spectrum", "AddJob", "10031"),
    call("spectrum", "AddPhase", "10031|001|L"),
    call("servicetrade", "PUT /externalid", "job|31|spectrum|10031"),
]


def test_each_flow_begins_with_its_list_and_the_login_goes_with_the_first() -> None:
    parts = by_flow(ROUND)
    assert [part.flow for part in parts] == ["customers", "sites", "jobs"]
    assert [call.operation for call in parts[0].setup] == [
        "POST /oauth2/token",
        "GET /company",
        "GET /wsdls/AddCustomer.jws",
    ]
    assert [call.operation for call in parts[2].setup] == ["GET /job", "GetPhaseEnhanced"]


def test_the_calls_of_one_record_stay_in_one_chain_in_their_order() -> None:
    customers, _, jobs = by_flow(ROUND)
    assert [[call.key for call in chain] for chain in customers.chains] == [
        ["C00001", "company|11|spectrum|C00001"],
        ["C00002", "company|12|spectrum|C00002"],
    ]
    assert [[call.operation for call in chain] for chain in jobs.chains] == [
        ["GET /location/{id}"],
        ["GET /servicerequest", "AddJob", "AddPhase", "PUT /externalid"],
    ]


def test_no_call_is_lost_or_doubled_on_the_way_into_chains() -> None:
    sent = [
        call for part in by_flow(ROUND) for chain in (part.setup, *part.chains) for call in chain
    ]
    assert sorted(sent, key=ROUND.index) == ROUND


def test_calls_come_back_from_the_file_as_they_were_from_any_place_on(tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    first, second = (
        call("spectrum", "AddJob", "1", began=7.0),
        call("spectrum", "AddJob", "2", began=3.0),
    )
    write_calls(file, [first, second])
    assert read_calls(file) == [second, first]
    assert read_calls(file, offset=len(first.as_line().encode())) == [second]


def test_the_time_of_a_load_runs_from_the_first_arrival_to_the_last_answer() -> None:
    assert (
        span([call("spectrum", "AddJob", began=3.0), call("spectrum", "AddJob", began=7.0)]) == 4.5
    )

"""What a call to Spectrum may end in, when the network or the server does what it should not."""

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from st_spectrum.domain.answers import ForeignAnswer
from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SyncFault,
    Unavailable,
)
from st_spectrum.engine.steps.step_executor import NOT_CARRIED_OUT
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.wire import ServiceMissing

from .answers import MISSING, envelope, fault, get, get_row, put
from .conftest import connection_to
from .stand_in import Answer, SpectrumStandIn

PHASE = {"Job_Number": "10482", "Phase_Code": "0100", "Cost_Type": "L", "Price_Method_Code": "J"}
TAKEN = Answer(envelope("AddPhase", "<returnArray/>"))
FOUND = Answer(get([get_row({"Customer_Code": "C00001"})], "GetCustomers"))
HTML = b"<html><body>Sign in</body></html>"
BUSY = fault("Server", "Error executing Web Service")


def test_a_write_sends_every_element_to_our_address_whatever_host_the_wsdl_names(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    server.otherwise = TAKEN
    client.write("AddPhase", {**PHASE, "Description": 'Rough-in & "trim" <é>'})
    method, path, headers, _ = server.seen[-1]
    sent = server.elements()
    assert (method, path) == ("POST", "/ws/AddPhase")
    assert headers["soapaction"] == '"https://spectrum.internal:8482/ws/AddPhase"'
    assert list(sent)[:3] == ["Authorization_ID", "GUID", "Company_Code"]
    assert len(sent) == 20
    assert sent["Authorization_ID"] == "TOP-SECRET-ID"
    assert len(sent["GUID"]) == 36
    assert sent["Company_Code"] == "001"
    assert sent["Description"] == 'Rough-in & "trim" <é>'
    assert "authorization" not in headers


def test_every_call_has_a_group_of_its_own(server: SpectrumStandIn, client: Spectrum) -> None:
    server.otherwise = TAKEN
    client.write("AddPhase", PHASE)
    client.write("AddPhase", PHASE)
    assert server.elements(-1)["GUID"] != server.elements(-2)["GUID"]


def test_an_answer_counts_for_what_it_says_whatever_was_answered_before(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    remark = Answer(put(("G", "the number was changed", "Phase_Code"), service="AddPhase"))
    refusal = Answer(put(("I", "is invalid", "Phase_Code"), service="AddPhase"))
    server.replies += [
        TAKEN,
        TAKEN,
        remark,
        remark,
        TAKEN,
        refusal,
        TAKEN,
        Answer(TAKEN.body[:-20]),
    ]

    notes = [client.write("AddPhase", PHASE).notes for _ in range(5)]
    assert [len(found) for found in notes] == [0, 0, 1, 1, 0]
    with pytest.raises(Rejected, match="Phase_Code"):
        client.write("AddPhase", PHASE)
    assert client.write("AddPhase", PHASE).service == "AddPhase"
    with pytest.raises(OutcomeUnknown):
        client.write("AddPhase", PHASE)


def test_the_success_of_another_service_is_no_answer(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    server.replies += [TAKEN, TAKEN]

    client.write("AddPhase", PHASE)
    with pytest.raises(OutcomeUnknown):
        client.write("UpdateJob", {"Job_Number": "10482", "Job_Oh_Batch_Code": "OH"})


def test_a_value_that_cannot_be_right_is_refused_without_any_call(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    with pytest.raises(Rejected, match="Description: is 26 characters long, Spectrum allows 25"):
        client.write("AddPhase", {**PHASE, "Description": "x" * 26})
    assert server.seen == []


@pytest.mark.parametrize(
    "reply",
    [
        Answer(cut_after=0),
        Answer(TAKEN.body, cut_after=40),
        Answer(TAKEN.body, cut_after=len(TAKEN.body) - 5),
        Answer(TAKEN.body[:-20]),
        Answer(HTML),
        Answer(b""),
        Answer(HTML, status=500),
        Answer(HTML, status=502),
        Answer(b"", status=503, headers={"Retry-After": "1"}),
        Answer(TAKEN.body, status=500),
        Answer(BUSY, status=500),
        Answer(BUSY),
        Answer(HTML, status=408),
    ],
    ids=lambda reply: f"{reply.status}-{len(reply.body)}-{reply.cut_after}",
)
def test_a_lost_answer_to_a_write_is_an_unknown_outcome_and_nothing_is_sent_again(
    server: SpectrumStandIn, client: Spectrum, reply: Answer
) -> None:
    server.replies.append(reply)
    server.otherwise = TAKEN
    with pytest.raises(OutcomeUnknown) as lost:
        client.write("AddPhase", PHASE)
    assert server.paths().count("/ws/AddPhase") == 1
    assert client.calls["AddPhase"] == 1
    assert "TOP-SECRET-ID" not in str(lost.value)


@pytest.mark.parametrize(
    "reply",
    [
        Answer(cut_after=0),
        Answer(FOUND.body, cut_after=200),
        Answer(FOUND.body[: len(FOUND.body) // 2]),
        Answer(HTML, status=500),
        Answer(b"", status=503),
        Answer(BUSY, status=500),
        Answer(b"", status=429, headers={"Retry-After": "0"}),
    ],
    ids=lambda reply: f"{reply.status}-{len(reply.body)}-{reply.cut_after}",
)
def test_a_lost_answer_to_a_read_is_asked_for_again(
    server: SpectrumStandIn, client: Spectrum, reply: Answer
) -> None:
    server.replies += [reply, reply]
    server.otherwise = FOUND
    assert client.get("GetCustomers", {"pStatus": "ALL"}).rows == ({"Customer_Code": "C00001"},)
    assert client.calls["GetCustomers"] == 3


def test_reads_give_up_after_the_attempts_that_are_set(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    server.otherwise = Answer(HTML, status=500)
    with pytest.raises(Unavailable, match="HTTP 500 and an HTML page"):
        client.get("GetCustomers", {})
    assert client.calls["GetCustomers"] == 4


def test_a_slow_answer_is_lost_for_a_write_and_unavailable_for_a_read(
    server: SpectrumStandIn, tmp_path: Path, no_waiting: None
) -> None:
    with Spectrum(
        connection_to(server.url, timeout_seconds=0.3, read_attempts=1), tmp_path
    ) as spectrum:
        server.replies += [Answer(TAKEN.body, delay=0.6), Answer(FOUND.body, delay=0.6)]
        with pytest.raises(OutcomeUnknown, match="ReadTimeout"):
            spectrum.write("AddPhase", PHASE)
        with pytest.raises(Unavailable):
            spectrum.get("GetCustomers", {})


def test_a_read_answered_with_a_page_is_told_in_one_sentence(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    server.otherwise = Answer(HTML)
    with pytest.raises(ContractBroken, match="Spectrum answered GetCustomers with an HTML page"):
        client.get("GetCustomers", {})
    assert client.calls["GetCustomers"] == 1


def test_nobody_listening_means_certainly_not_carried_out(tmp_path: Path, no_waiting: None) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        with (
            Spectrum(connection_to(url), tmp_path) as spectrum,
            pytest.raises(Unavailable, match=r"no connection$"),
        ):
            spectrum.write("AddPhase", PHASE)


def test_a_host_name_that_does_not_exist_means_certainly_not_carried_out(
    tmp_path: Path, no_waiting: None
) -> None:
    with (
        Spectrum(
            connection_to("http://spectrum.invalid:8482", allow_plain_http=True), tmp_path
        ) as spectrum,
        pytest.raises(Unavailable, match="the name is not known"),
    ):
        spectrum.write("AddPhase", PHASE)


def test_a_system_that_went_away_after_its_wsdl_was_read_took_nothing(
    server: SpectrumStandIn, tmp_path: Path, no_waiting: None
) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{held.getsockname()[1]}"
        with Spectrum(connection_to(server.url), tmp_path) as spectrum:
            server.otherwise = TAKEN
            spectrum.write("AddPhase", PHASE)
        (folder,) = tmp_path.iterdir()
        folder.rename(tmp_path / gone.removeprefix("http://").replace(":", "_"))
        with (
            Spectrum(connection_to(gone), tmp_path) as spectrum,
            pytest.raises(Unavailable, match=r"no connection$"),
        ):
            spectrum.write("AddPhase", PHASE)
        assert spectrum.calls == {"AddPhase": 1}


@pytest.mark.parametrize(
    ("reply", "family"),
    [
        (Answer(fault("Client", MISSING), status=404), ServiceMissing),
        (Answer(fault("Client", MISSING), status=500), ServiceMissing),
        (Answer(fault("Client", MISSING)), ServiceMissing),
        (Answer(put(("I", "taken", "Phase_Code"), service="AddPhase"), status=403), Rejected),
        (Answer(put(("I", "taken", "Phase_Code"), service="AddPhase")), Rejected),
        (Answer(put(("I", "taken", "Phase_Code"), service="AddPhase"), status=500), Rejected),
        (Answer(put(("A", "no", "Authorization_ID"), service="AddPhase")), AccessDenied),
        (Answer(put(("?", "no", "Phase_Code"), service="AddPhase")), ContractBroken),
    ],
)
def test_a_clear_no_to_a_write_is_told_by_its_family(
    server: SpectrumStandIn, client: Spectrum, reply: Answer, family: type[SyncFault]
) -> None:
    server.otherwise = reply
    with pytest.raises(family) as raised:
        client.write("AddPhase", PHASE)
    assert type(raised.value) is family
    assert server.paths().count("/ws/AddPhase") == 1


BODIES = {"page": HTML, "json": b'{"error": "no"}', "a success": TAKEN.body}
PROVING_NOTHING = [
    (status, kind) for status in (302, 400, 401, 403, 404, 407, 429) for kind in BODIES
]


@pytest.mark.parametrize(("status", "kind"), [(200, "page"), (200, "json"), *PROVING_NOTHING])
def test_what_a_middle_box_answers_to_a_write_proves_nothing_and_nothing_is_sent_again(
    server: SpectrumStandIn, client: Spectrum, status: int, kind: str
) -> None:
    server.replies.append(
        Answer(BODIES[kind], status=status, headers={"Retry-After": "7", "Location": "/login"})
    )
    server.otherwise = TAKEN

    with pytest.raises(ForeignAnswer) as raised:
        client.write("AddPhase", PHASE)

    assert server.paths().count("/ws/AddPhase") == 1
    assert raised.value.retry_after == 7
    assert not isinstance(raised.value, NOT_CARRIED_OUT)


def test_a_system_that_wants_to_be_left_alone_for_long_is_not_waited_for(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    server.otherwise = Answer(b"", status=429, headers={"Retry-After": "3600"})
    with pytest.raises(RateLimited):
        client.get("GetCustomers", {})
    assert client.calls["GetCustomers"] == 1


def test_writes_and_reads_keep_to_their_bounds(server: SpectrumStandIn, tmp_path: Path) -> None:
    server.otherwise = Answer(TAKEN.body, delay=0.05)
    with (
        Spectrum(connection_to(server.url, parallel_writes=2), tmp_path) as spectrum,
        ThreadPoolExecutor(8) as pool,
    ):
        list(pool.map(lambda _: spectrum.write("AddPhase", PHASE), range(8)))
        assert server.most_at_once == 2
        assert spectrum.calls["AddPhase"] == 8
        server.most_at_once, server.otherwise = 0, Answer(FOUND.body, delay=0.05)
        list(pool.map(lambda _: spectrum.get("GetCustomers", {}), range(9)))
        assert server.most_at_once == 3


def test_the_connection_test_uses_no_group_and_believes_only_a_yes(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    server.otherwise = Answer(put(("S", "ok", ""), service="WSTestConnection"))
    client.test_connection()
    assert server.elements() == {"Authorization_ID": "TOP-SECRET-ID", "Version": "1"}
    server.otherwise = Answer(put(("A", "no", "Authorization_ID"), service="WSTestConnection"))
    with pytest.raises(AccessDenied):
        client.test_connection()


def test_a_get_cannot_be_written_and_a_write_cannot_be_got(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    for call, name in (
        (client.write, "GetPhase"),
        (client.get, "AddPhase"),
        (client.get, "GetVendors"),
    ):
        with pytest.raises(ContractBroken, match=name):
            call(name, {})
    assert server.seen == []


def test_an_answer_of_spectrum_beyond_all_measure_is_one_sentence_and_a_write_is_in_doubt(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    server.otherwise = Answer(b" " * 50_000_001)
    with pytest.raises(ContractBroken, match="larger than 50 MB"):
        client.get("GetCustomers", {})
    with pytest.raises(OutcomeUnknown, match="larger than 50 MB"):
        client.write("AddPhase", PHASE)

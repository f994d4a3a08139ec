"""What comes back from Spectrum: every shape the vendor's facts describe, and every way in which an
answer can be broken.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
    OutcomeUnknown,
    Problem,
    Rejected,
    Unavailable,
)
from st_spectrum.spectrum.services import SERVICES
from st_spectrum.spectrum.wire import ServiceMissing, parse_fault, parse_get, parse_put
from tests.spectrum_client.answers import MISSING, envelope, fault, get, get_row, put

ADD_JOB, TEST, GET_JOBS, GET_PHASE = (
    SERVICES[name] for name in ("AddJob", "WSTestConnection", "GetJobMain", "GetPhase")
)
XML_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=30)


@pytest.mark.parametrize(
    "body",
    [
        envelope("AddJob", "<returnArray/>"),
        envelope("AddJob", "<returnArray></returnArray>"),
        envelope("AddJob", "<returnArray><returnData/></returnArray>"),
        envelope("AddJob", "<returnArray><returnData> </returnData></returnArray>"),
        put(("S", "Successful", "")),
    ],
)
def test_every_way_of_saying_yes_is_a_receipt(body: bytes) -> None:
    receipt = parse_put(body, ADD_JOB)
    assert (receipt.service, receipt.notes) == ("AddJob", ())


def test_generated_values_and_warnings_are_kept_on_the_receipt() -> None:
    receipt = parse_put(
        put(("G", "0004", "Billto_Code"), ("W", "contract exists", "Customer_Code")), ADD_JOB
    )
    assert receipt.notes == (
        Problem("G", "0004", "Billto_Code"),
        Problem("W", "contract exists", "Customer_Code"),
    )


@pytest.mark.parametrize("code", ["I", "M", "E", "A"])
def test_any_refusing_row_rejects_the_record_with_all_reasons(code: str) -> None:
    body = put(
        ("G", "4", "Job_Number"),
        (code, "is <no> & good", "Job_Number"),
        ("I", "unknown", "WO_Site"),
    )
    with pytest.raises(Rejected) as refusal:
        parse_put(body, ADD_JOB)
    assert refusal.value.problems == (
        Problem(code, "is <no> & good", "Job_Number"),
        Problem("I", "unknown", "WO_Site"),
    )


def test_a_taken_key_can_be_told_from_other_refusals() -> None:
    with pytest.raises(Rejected) as refusal:
        parse_put(put(("I", "whatever the text", "Job_Number")), ADD_JOB)
    assert refusal.value.blames_only("Job_Number")


@pytest.mark.parametrize("column", ["Authorization_ID", "Company_Code"])
@pytest.mark.parametrize("code", ["A", "E", "I"])
def test_a_refusal_of_the_login_is_nobodys_record(column: str, code: str) -> None:
    with pytest.raises(AccessDenied, match=column):
        parse_put(put((code, "not authorized", column)), ADD_JOB)


def test_a_vendors_text_that_repeats_the_login_is_redacted() -> None:
    with pytest.raises(AccessDenied) as denial:
        parse_put(
            put(("A", "SANDBOX-AUTH is not set up", "Authorization_ID")), ADD_JOB, ["SANDBOX-AUTH"]
        )
    assert "SANDBOX-AUTH" not in str(denial.value)


@pytest.mark.parametrize("code", ["X", "Z", "i", "OK", "0"])
def test_a_code_nobody_documented_is_loud(code: str) -> None:
    with pytest.raises(ContractBroken, match=f"'{code}'"):
        parse_put(put((code, "?", "")), ADD_JOB)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Sign in</body></html>",
        b'{"ok": true}',
        b"OK",
        b"<a/>",
        envelope("AddPhase", "<returnArray/>"),
        envelope("AddJob", ""),
        put(("", "", "")),
        fault("Server", "Error executing Web Service"),
        fault("Client", "malformed"),
        fault("Server", "something new"),
    ],
)
def test_a_write_without_a_readable_answer_has_an_unknown_outcome(body: bytes) -> None:
    with pytest.raises(OutcomeUnknown):
        parse_put(body, ADD_JOB)


@given(st.integers(min_value=0))
def test_a_write_answer_cut_anywhere_is_never_taken_for_a_yes(place: int) -> None:
    body = put(("I", "taken", "Job_Number"))
    with pytest.raises((OutcomeUnknown, ContractBroken)):
        parse_put(body[: place % len(body)], ADD_JOB)


def test_the_connection_test_is_no_write_and_may_be_asked_again() -> None:
    assert parse_put(put(("S", "ok", ""), service="WSTestConnection"), TEST).notes == ()
    with pytest.raises(Unavailable):
        parse_put(b"<html/>", TEST)


@pytest.mark.parametrize("service", [ADD_JOB, GET_JOBS])
def test_a_service_that_does_not_exist_there_was_certainly_not_carried_out(service) -> None:  # type: ignore[no-untyped-def]
    parse = parse_get if service.is_read else parse_put
    with pytest.raises(ServiceMissing, match=f"no service {service.name}"):
        parse(fault("Client", MISSING), service)


def test_the_text_of_a_fault_survives_a_cut_tail() -> None:
    found = parse_fault(fault("Client", MISSING)[:-30])
    assert found is not None
    assert found.code == "SOAP-ENV:Client"
    assert "Could not find WebService" in found.text


def test_a_record_that_talks_of_a_fault_is_no_fault() -> None:
    assert parse_fault(put(("I", "Fault", "Name"))) is None
    assert parse_get(
        get([get_row({"Job_Number": "1", "Job_Description": "Fault finding"})]), GET_JOBS
    ).rows


def test_rows_come_stripped_whatever_way_blanks_are_written() -> None:
    row = (
        "<response><Job_Number>     10482</Job_Number><City>"
        " </City><State/><Phone></Phone><Error_Code> </Error_Code></response>"
    )
    assert parse_get(get([row]), GET_JOBS).rows == (
        {"Job_Number": "10482", "City": "", "State": "", "Phone": ""},
    )


def test_no_match_is_an_empty_and_complete_list() -> None:
    rows = parse_get(get([]), GET_JOBS)
    assert (rows.rows, rows.is_complete) == ((), True)


def test_the_warning_row_is_never_data_and_makes_the_list_incomplete() -> None:
    warning = get_row(
        {"Job_Number": " "}, ("W", "WARNING - Number of returnable records exceeds maximum", "")
    )
    rows = parse_get(
        get([get_row({"Job_Number": str(n)}) for n in range(500)] + [warning]), GET_JOBS
    )
    assert len(rows.rows) == 500
    assert not rows.is_complete


def test_a_column_under_its_other_name_is_read_as_the_one_of_the_table() -> None:
    names = {"Current_Estimated_Dollars", "Current_Estimate_Dollars"}
    (ours,) = names & set(GET_PHASE.returns)
    for name in names:
        body = get([get_row({"Phase_Code": "100", name: "5.00"})], "GetPhase")
        assert parse_get(body, GET_PHASE).rows[0][ours] == "5.00"


def test_refusals_of_a_get_are_not_an_empty_list() -> None:
    denied = get_row(
        {"Job_Number": " "}, ("E", "The web service is not Authorized", "Authorization_ID")
    )
    with pytest.raises(AccessDenied):
        parse_get(get([denied]), GET_JOBS)
    with pytest.raises(Rejected):
        parse_get(get([get_row({}, ("I", "bad", "pStatus_Code"))]), GET_JOBS)
    with pytest.raises(AccessDenied):
        parse_get(put(("A", "no", "Authorization_ID"), service="GetJobMain"), GET_JOBS)


def test_a_blank_row_and_an_unknown_code_are_not_an_empty_list_either() -> None:
    with pytest.raises(Unavailable, match="blank row"):
        parse_get(get([get_row({"Job_Number": " "})]), GET_JOBS)
    with pytest.raises(ContractBroken, match="'Q'"):
        parse_get(get([get_row({"Job_Number": "1"}, ("Q", "?", ""))]), GET_JOBS)


def test_a_page_instead_of_xml_is_told_in_one_sentence() -> None:
    with pytest.raises(
        ContractBroken,
        match="Spectrum answered GetJobMain with an HTML page instead of its answer in XML",
    ):
        parse_get(b"<!DOCTYPE html><html><body>Sign in<br></body></html>", GET_JOBS)
    with pytest.raises(ContractBroken, match="an HTML page"):
        parse_get(b"<html><body>Sign in</body></html>", GET_JOBS)
    with pytest.raises(ContractBroken, match="XML of another kind"):
        parse_get(envelope("GetPhase", "<returnArray/>"), GET_JOBS)


def test_damage_in_the_middle_is_not_read_around() -> None:
    body = get([get_row({"Job_Number": str(n)}) for n in range(9)]).replace(b">4</Job", b">4</Jxb")
    with pytest.raises(ContractBroken):
        parse_get(body, GET_JOBS)


@given(st.integers(min_value=1), st.integers(min_value=0, max_value=4))
def test_a_list_cut_anywhere_is_whole_or_an_error_but_never_shorter(cut: int, count: int) -> None:
    body = get([get_row({"Job_Number": str(n), "City": "Zürich & <Co>"}) for n in range(count)])
    kept = body[: -(1 + cut % (len(body) - 1))]
    is_list_closed = b"</getJobMain>" in kept
    if is_list_closed:
        assert len(parse_get(kept, GET_JOBS).rows) == count
    else:
        with pytest.raises((Unavailable, ContractBroken)):
            parse_get(kept, GET_JOBS)


def test_a_cut_inside_the_rows_may_be_asked_again() -> None:
    body = get([get_row({"Job_Number": str(n)}) for n in range(50)])
    with pytest.raises(Unavailable, match="breaks off"):
        parse_get(body[: len(body) // 2], GET_JOBS)


def test_a_cut_exactly_between_two_rows_is_noticed() -> None:
    body = get([get_row({"Job_Number": "1"}), get_row({"Job_Number": "2"})])
    with pytest.raises(Unavailable):
        parse_get(body[: body.index(b"</response>") + len(b"</response>")], GET_JOBS)


def test_refusals_that_break_off_between_two_rows_are_not_an_empty_list() -> None:
    body = put(("W", "more follows", ""), ("A", "no", "Authorization_ID"), service="GetJobMain")
    with pytest.raises(Unavailable):
        parse_get(body[: body.index(b"</response>") + len(b"</response>")], GET_JOBS)


@given(
    st.lists(st.dictionaries(st.sampled_from(GET_JOBS.returns), XML_TEXT, min_size=1), max_size=5)
)
def test_any_text_survives_the_way_back(rows: list[dict[str, str]]) -> None:
    filled = [{**row, "Job_Number": "10482"} for row in rows]
    expected = tuple({name: value.strip() for name, value in row.items()} for row in filled)
    assert parse_get(get([get_row(row) for row in filled]), GET_JOBS).rows == expected

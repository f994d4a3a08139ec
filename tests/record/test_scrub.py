"""What no list allows gets a stand-in of the same shape: the same one everywhere, and no other
value's.
"""

import json
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.record.exchanges import Exchange
from st_spectrum.record.pseudonyms import Pseudonyms
from st_spectrum.record.scrub import Scrubber


def scrubbed(body: Any, path: str = "/company", **more: Any) -> tuple[dict[str, Any], str]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    call = Exchange(
        *("list", "servicetrade", "GET", path),
        *(more.get("query", {}), b"", more.get("status", 200), more.get("headers", {}), content),
    )
    found = Scrubber(Pseudonyms(), "spectrum").exchange(call)
    return found, json.dumps(found)


def test_keys_that_are_somebodys_words_are_hidden_and_names_of_fields_stay() -> None:
    body = {
        "data": {
            "externalIds": {"spectrum": "C00001", "harbormaster": "H-77123"},
            "Johnson Street": "x",
        },
        "messages": {"error": ["Johnson owes 4,711.00"], "validation": {"johnson": "no"}},
    }
    found, text = scrubbed(body)

    kept = json.loads(found["body"])
    assert "spectrum" in kept["data"]["externalIds"]
    assert list(kept["messages"]) == ["error", "validation"]
    for value in ("harbormaster", "h-77123", "c00001", "johnson", "4,711"):
        assert value not in text.casefold()


def test_pages_for_people_cookies_and_logins_are_not_kept() -> None:
    headers = {
        "set-cookie": "PHPSESSID=abcdef12345",
        "content-type": "text/html",
        "server": "host-77",
    }
    found, text = scrubbed(b"<html>Johnson</html>", headers=headers)

    assert found["body"] == ""
    assert found["headers"] == {"content-type": "text/html"}
    assert not any(value in text for value in ("Johnson", "abcdef12345", "host-77"))


def test_addresses_and_ids_in_them_are_hidden() -> None:
    found, text = scrubbed(
        {"data": {"uri": "https://firm.example/api/job/88001?x=Johnson"}}, "/job/88001"
    )

    assert not any(value in text for value in ("firm", "88001", "Johnson"))
    inner = json.loads(found["body"])["data"]["uri"]
    assert inner.rpartition("/")[2] == found["path"].rpartition("/")[2]


def test_a_description_loses_its_address_its_remarks_and_its_texts() -> None:
    wsdl = (
        b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/">'
        b"<!-- Johnson --><documentation>Ask Johnson</documentation>"
        b'<service name="AddJob"><s:address location="https://firm.example:8482/ws/AddJob"/></service></definitions>'
    )
    found, text = scrubbed(wsdl, "/wsdls/AddJob.jws")

    assert "Johnson" not in text and "firm.example" not in text
    assert "/ws/AddJob" in found["body"]


def test_codes_of_the_set_up_stay_and_amounts_do_not() -> None:
    scrubber = Scrubber(Pseudonyms(), "spectrum")

    assert scrubber.cell("GL_Account", "4010-100") == "4010-100"
    assert scrubber.cell("Pay_Type", "R  ") == "R  "
    assert scrubber.cell("Sales_Tax_Amount", "1234.56") != "1234.56"
    assert scrubber.cell("Status", "Call Johnson at 757-555-0199") != "Call Johnson at 757-555-0199"
    padded = scrubber.cell("Job_Number", "     10482")
    assert padded != "     10482" and len(padded) == 10 and padded.startswith("     ")


@given(st.text(min_size=1, max_size=40))
def test_a_stand_in_has_the_same_shape_whatever_the_text(text: str) -> None:
    pseudonyms = Pseudonyms()

    found = pseudonyms.of(text)

    assert len(found) == len(text)
    assert pseudonyms.of(text) == found
    for before, after in zip(text.strip(), found.strip(), strict=False):
        assert before.isdigit() == after.isdigit() or not before.isascii()


@given(st.lists(st.integers(min_value=10_000, max_value=2**62), min_size=2, unique=True))
def test_two_ids_never_become_one(ids: list[int]) -> None:
    pseudonyms = Pseudonyms()

    assert len({pseudonyms.of_number(one) for one in ids}) == len(ids)


@given(st.floats(allow_nan=True) | st.integers())
def test_every_number_of_json_has_a_stand_in_that_is_one(number: float) -> None:
    found = Pseudonyms().of_number(number)

    assert type(found) is type(number)
    assert json.loads(json.dumps(found)) == found


def test_a_number_and_its_text_have_one_stand_in() -> None:
    pseudonyms = Pseudonyms()

    assert str(pseudonyms.of_number(88001)) == pseudonyms.of("88001")
    assert (
        pseudonyms.of("Harbor LLC").casefold() == pseudonyms.of(" HARBOR llc ").strip().casefold()
    )


@pytest.mark.parametrize("value", ["2026-05-04", "05/04/2026", "2026-05-04T10:11:12"])
def test_a_date_moves_by_whole_weeks_in_its_own_form(value: str) -> None:
    pseudonyms = Pseudonyms()
    moved = str(pseudonyms.shifted(value))

    form = "%m/%d/%Y" if "/" in value else "%Y-%m-%d"
    apart = datetime.strptime(moved[:10], form) - datetime.strptime(value[:10], form)  # noqa: DTZ007
    assert apart == pseudonyms.shift and apart.days % 364 == 0 and apart.days != 0
    assert moved[10:] == value[10:]


def test_epoch_seconds_and_dates_of_a_database_move_alike() -> None:
    pseudonyms = Pseudonyms()

    assert pseudonyms.shifted(1_790_000_000) == 1_790_000_000 + pseudonyms.shift.total_seconds()
    assert pseudonyms.shifted(date(2026, 5, 4)) == date(2026, 5, 4) + pseudonyms.shift
    assert pseudonyms.shifted(date(1900, 1, 1)) == date(1900, 1, 1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["name", "status", "created", "externalIds", "data", "usedOn"])
            | st.text(max_size=9),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_scrubbed_into_json_of_the_same_form(value: Any) -> None:
    found = Scrubber(Pseudonyms(), "spectrum").json(value)

    assert json.loads(json.dumps(found)) is not None or found is None
    assert form(found) == form(value)


def form(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted(str(form(inner)) for inner in value.values())
    return [form(inner) for inner in value] if isinstance(value, list) else type(value)


@pytest.mark.parametrize(
    "record",
    [
        {
            "id": 5,
            "firstName": "Ann",
            "lastName": "Lee",
            "type": "brandyquist",
            "types": ["quiverstan"],
        },
        {"address": {"street": "1 A St", "state": "brandyquist", "city": "quiverstan"}},
        {"timezone": "Brandyquist/Quiverstan"},
        {"timezone": "brandyquist"},
    ],
    ids=["the type of a contact", "a state", "a time zone", "another time zone"],
)
def test_what_people_type_under_a_key_that_stays_is_hidden(record: dict[str, Any]) -> None:
    _, text = scrubbed({"data": record})

    assert "brandyquist" not in text.casefold() and "quiverstan" not in text.casefold()


def test_states_time_zones_and_types_of_a_list_stay() -> None:
    found, _ = scrubbed(
        {
            "data": {
                "address": {"state": "VA"},
                "timezone": "America/New_York",
                "type": "service_call",
            }
        }
    )

    kept = json.loads(found["body"])["data"]
    assert kept["address"]["state"] == "VA"
    assert (kept["timezone"], kept["type"]) == ("America/New_York", "service_call")


def test_the_type_of_a_customer_is_the_companys_own_word() -> None:
    assert Scrubber(Pseudonyms(), "spectrum").cell("Type", "KELLY") != "KELLY"


ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:n="http://harborfire.example:8482/ws"><s:Body>{}</s:Body></s:Envelope>'
)


@pytest.mark.parametrize(
    "inner",
    [
        "<n:R><response><Name>x</Name></response></n:R>",
        "<?harborfire host?><R><response><Name>x</Name><?b harborfire?></response></R>",
        "<R><!-- harborfire --><response><Name>x</Name>harborfire</response></R>",
        "<s:Fault><faultcode>Server.harborfire</faultcode></s:Fault>",
        "<R><response><Status>Ann Harborfire</Status><State>Harborfire</State></response></R>",
        "<R><response><Wage_Class>Harborfire</Wage_Class><Version>harborfire</Version></response></R>",
        "<R><response><error_code>Harborfire</error_code></response></R>",
        "<R><response><column>Harborfire</column></response></R>",
    ],
    ids=["namespace", "instruction", "remark", "fault", "columns", "codes", "error", "column"],
)
def test_no_corner_of_an_answer_keeps_what_is_somebodys(inner: str) -> None:
    _, text = scrubbed(ENVELOPE.format(inner).encode(), "/ws/GetCustomers")

    assert "harborfire" not in text.casefold()
    assert "/envelope/" in text


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("/company", {"data": {"type": "harborfire", "status": "harborfire two"}}, {}),
        ("/company", {"data": {"auth": "harborfire", "entityType": "harborfire"}}, {}),
        ("/company", {}, {"content-type": "application/harborfire", "retry-after": "harborfire"}),
    ],
    ids=["words of lists", "words of logins", "headers"],
)
def test_a_word_of_no_list_is_hidden_where_one_of_a_list_would_stay(
    path: str, body: dict[str, Any], headers: dict[str, str]
) -> None:
    _, text = scrubbed(body, path, headers=headers)

    assert "harborfire" not in text


def test_a_description_keeps_no_host_in_the_names_of_its_spaces_and_is_still_one() -> None:
    wsdl = (
        b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"'
        b' xmlns:tns="http://firm.example:8482/ws/AddJob" xmlns:u="urn:firm"'
        b' targetNamespace="http://firm.example:8482/ws/AddJob"><u:x/></definitions>'
    )
    found, text = scrubbed(wsdl, "/wsdls/AddJob.jws")

    assert "firm" not in text
    name = found["body"].partition('targetNamespace="')[2].partition('"')[0]
    assert f'xmlns:tns="{name}"' in found["body"]


def test_codes_words_of_lists_and_counts_stay() -> None:
    scrubber = Scrubber(Pseudonyms(), "spectrum")
    for name, value in (
        ("Status", "Not Used"), ("Status_Flag", "CLOSED"), ("Taxable_Flag", "No Default"),
        ("Cost_Center", "100-A"), ("Phase_Code", "001000"), ("column", "GL_Account"),
        ("faultcode", "soapenv:Client"), ("Version", "7.5"), ("State", "VA"),
    ):  # fmt: skip
        assert scrubber.cell(name, value) == value, name
    record = {"page": 2, "type": "service_call", "status": "pending_accounting", "entityType": 3}
    assert scrubber.json(record) == record

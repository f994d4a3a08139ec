"""What people do on the console's page reaches both systems, and what is refused says why."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from lxml import html

from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.calls import BODIES_KEPT
from st_spectrum.sandbox.console_acts import ACTS
from st_spectrum.sandbox.faults import FaultKind
from st_spectrum.sandbox.server import Sandbox
from tests.world.console_page import ConsolePage
from tests.world.contractor import empty_contractor
from tests.world.dispatcher import Dispatcher

NASTY = "<script>alert('x')</script>"


@pytest.fixture
def page(sandbox: Sandbox) -> Iterator[ConsolePage]:
    with closing(ConsolePage(sandbox)) as page:
        yield page


def test_a_company_a_location_a_job_and_an_invoice_are_made_approved_and_voided(
    page: ConsolePage,
) -> None:
    assert "Harbor Foods is made" in page.do("Make a company", name="Harbor Foods")
    assert "Dock 4 is made" in page.do("Make a location", name="Dock 4")
    assert "is made" in page.do("Make a job", description="New pump")
    said = page.do("Make an invoice", price="99.50", approved="")
    assert "not approved yet" in said
    assert "is approved" in page.do("Approve the invoice")
    (invoice,) = page.rows("invoice")
    assert (invoice["status"], invoice["totalPrice"]) == ("pending_accounting", 99.5)
    assert "is void" in page.do("Void the invoice")
    (invoice,) = page.rows("invoice")
    assert invoice["status"] == "void"
    assert "called Bay Foods" in page.do("Rename the company", name="Bay Foods")
    assert "Bay Foods" in [row["name"] for row in page.rows("company")]


def test_time_is_clocked_and_bears_the_code_of_an_employee(
    page: ConsolePage, sandbox: Sandbox
) -> None:
    with ServiceTradeCaller(sandbox.servicetrade_url) as office:
        dispatcher = Dispatcher(office)
        dispatcher.chain()
        dispatcher.technician("Ann", "T0001")

    said = page.do("Clock and approve", hours="3.5")
    page.do("Enter the employee", code="T0007")

    assert "3.5 hours" in said
    (card,) = page.rows("timecard")
    assert card["status"] == "approved"
    (user,) = [row for row in page.rows("user") if row.get("isTech")]
    assert user["externalIds"] == {"spectrum": "T0007"}


def test_time_that_is_clocked_on_the_page_reaches_payroll(
    page: ConsolePage, tmp_path: Path
) -> None:
    with empty_contractor(page.sandbox, tmp_path) as contractor:
        contractor.dispatcher.chain()
        contractor.dispatcher.technician("Ann", "")
        lines = {str(row["name"]): str(row["id"]) for row in page.rows("serviceline")}
        page.do("Make a job", description="New pump", line=lines["Sprinkler"])
        page.do("Enter the employee", code="T0007")
        page.do("Clock and approve", hours="3.5")

        contractor.rounds_until_quiet()

    rows = page.control.records("spectrum", "PR_PRE_TC_IMPORT_ERR_MC")
    assert [(str(row["Employee_Code"]).strip(), float(str(row["Hours"]))) for row in rows] == [
        ("T0007", 3.5)
    ]


def test_a_week_of_time_that_has_not_crossed_is_not_called_unknown(
    page: ConsolePage, sandbox: Sandbox
) -> None:
    with ServiceTradeCaller(sandbox.servicetrade_url) as office:
        dispatcher = Dispatcher(office)
        dispatcher.chain()
        dispatcher.technician("Ann", "T0001")
    page.do("Clock and approve", hours="3.5")

    page_of_time = page.words("/flows/Time")

    assert "not in Spectrum" in page_of_time
    assert "does not know" not in page_of_time


def test_a_missing_code_is_entered_and_another_removed(page: ConsolePage) -> None:
    assert "knows the tax class NEW" in page.do("Enter the code", kind="tax class", code="NEW")
    assert "is a tax class NEW already" in page.do("Enter the code", kind="tax class", code="NEW")
    assert "not know the tax class NEW" in page.do("Remove the code", kind="tax class", code="NEW")
    assert "no tax class NEW" in page.do("Remove the code", kind="tax class", code="NEW")


@pytest.mark.parametrize("kind", list(FaultKind))
def test_every_fault_can_be_had_by_its_name_and_mended(page: ConsolePage, kind: FaultKind) -> None:
    page.do("Let it go wrong", fault=kind.value, system="spectrum", operation="AddJob", count="2")

    (rule,) = page.control.faults()
    assert (rule.kind, rule.operation, rule.count) == (kind, "AddJob", 2)
    assert "Nothing goes wrong" in page.do("Mend everything")
    assert page.control.faults() == ()


def test_what_is_refused_says_why_and_shows_what_people_typed_as_text(page: ConsolePage) -> None:
    assert page.do("Make a company", name="") == "name is missing"
    page.do("Make a company", name=NASTY)
    assert NASTY not in page.open("/do")
    assert NASTY not in page.open("/flows/Customers")
    assert (
        "Nobody can do"
        in httpx.post(
            f"{page.http.base_url}/do/nothing", follow_redirects=True, trust_env=False
        ).text
    )


def test_when_servicetrade_is_switched_off_the_page_says_so(page: ConsolePage) -> None:
    page.control.pause("servicetrade")

    assert "ServiceTrade does not answer" in page.do("Make a company", name="Harbor Foods")


def test_a_call_is_shown_with_both_bodies(page: ConsolePage) -> None:
    page.do("Make a company", name="Harbor Foods")
    (made,) = [call for call in page.control.calls() if call.operation == "POST /company"]

    shown = page.words(f"/calls/{made.seq}")

    assert '"name": "Harbor Foods"' in shown
    assert f"/calls/{made.seq}" in page.open("/")
    missing = page.http.get("/calls/999999")
    assert missing.status_code == 404
    assert 'href="/"' in missing.text


def test_a_write_keeps_its_bodies_however_many_looks_for_changes_follow(page: ConsolePage) -> None:
    page.do("Make a company", name="Harbor Foods")
    (made,) = [call for call in page.control.calls() if call.operation == "POST /company"]
    with ServiceTradeCaller(page.sandbox.servicetrade_url) as office:
        for _ in range(BODIES_KEPT + 1):
            office.get("/company", status="active,on_hold")

    assert '"name": "Harbor Foods"' in page.words(f"/calls/{made.seq}")
    assert f"/calls/{made.seq}" not in page.open("/")
    assert f"/calls/{made.seq}" in page.open("/?calls=writes")
    assert "status=active,on_hold" in page.words("/")


@pytest.mark.parametrize("path", ["/calls", "/mails"])
def test_a_part_of_the_page_is_found_under_its_name(page: ConsolePage, path: str) -> None:
    answer = page.http.get(path)

    assert answer.url.fragment == path[1:].capitalize()
    assert f'id="{answer.url.fragment}"' in answer.text


def call_page(page: ConsolePage, kind: str) -> str:
    """The page of a call that met a fault."""
    page.control.add_fault(system="servicetrade", operation="POST /company", kind=kind, count=1)
    page.do("Make a company", name="Bay Foods")
    (failed,) = [call for call in page.control.calls() if call.fault == kind]
    return page.words(f"/calls/{failed.seq}")


def test_a_call_whose_answer_was_dropped_says_what_was_received_and_that_no_answer_left(
    page: ConsolePage,
) -> None:
    shown = call_page(page, "drop_answer")

    received, _, lost = shown.partition("No whole answer left")
    assert "What ServiceTrade received POST /company" in received
    assert '"name": "Bay Foods"' in received
    assert "carried the call out, and the connection was closed before its answer left." in lost
    assert "Whoever asked was not told this:" in lost
    assert '"name": "Bay Foods"' in lost


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("refuse", "The connection was closed before ServiceTrade did anything."),
        ("truncate", "ServiceTrade carried the call out, and its answer broke off half way."),
    ],
)
def test_a_call_without_a_whole_answer_says_what_became_of_it(
    page: ConsolePage, kind: str, said: str
) -> None:
    assert said in call_page(page, kind)


def test_a_week_of_time_has_crossed_when_all_its_pieces_have(
    page: ConsolePage, tmp_path: Path
) -> None:
    with empty_contractor(page.sandbox, tmp_path) as contractor:
        contractor.dispatcher.chain()
        contractor.dispatcher.technician("Ann", "")
        lines = {str(row["name"]): str(row["id"]) for row in page.rows("serviceline")}
        page.do("Make a job", description="New pump", line=lines["Sprinkler"])
        page.do("Enter the employee", code="T0007")
        page.do("Clock and approve", hours="3.5")
        contractor.rounds_until_quiet()
        assert "not all of it yet" not in page.words("/flows/Time")
        page.do("Clock and approve", hours="2")

        half = page.words("/flows/Time?show=waiting")
        contractor.rounds_until_quiet()
        whole = page.words("/flows/Time?show=waiting")

    assert "not all of it yet 1 pre-time card of 3.50 h" in half
    assert "pre-time card" not in whole.partition("Technician's week")[2]


def test_a_flow_has_a_page_that_can_be_searched(page: ConsolePage) -> None:
    for name in ("Harbor Foods", "Bay Foods", "Cape Motel"):
        page.do("Make a company", name=name)

    shown = page.words("/flows/Customers?q=fOOds")

    assert "Harbor Foods" in shown and "Bay Foods" in shown
    assert "Cape Motel" not in shown
    assert "Last calls" not in shown


def test_every_act_has_a_form(page: ConsolePage) -> None:
    page.do("Make a company", name="Harbor Foods")
    (company,) = [row for row in page.rows("company") if row["name"] == "Harbor Foods"]
    shown = (page.open(address) for address in ("/do", f"/records/company/{company['id']}"))
    forms = [form for text in shown for form in html.fromstring(text).iter("form")]

    assert {str(form.action).rpartition("/")[2] for form in forms} == set(ACTS)


def test_a_record_is_corrected_on_its_own_page_and_one_stays_there(page: ConsolePage) -> None:
    page.do("Make a company", name="Harbor Foods")
    (company,) = [row for row in page.rows("company") if row["name"] == "Harbor Foods"]
    address = f"/records/company/{company['id']}"

    assert page.do("Save the status", address, status="inactive") == "It is inactive now."
    assert page.do("Save the external id", address, code="C77") == "It carries C77 now."
    (changed,) = [row for row in page.rows("company") if row["id"] == company["id"]]
    assert (changed["status"], changed["externalIds"]) == ("inactive", {"spectrum": "C77"})
    assert "no Spectrum code" in page.do("Save the external id", address, code="")
    assert 'value="C77"' not in page.open(address)
    assert page.http.get("/records/company/9").status_code == 404
    assert page.http.get("/records/account/1").status_code == 404


def test_a_record_shows_what_people_typed_as_text(page: ConsolePage) -> None:
    page.do("Make a company", name=NASTY)
    (company,) = [row for row in page.rows("company") if row["name"] == NASTY]
    assert NASTY not in page.open(f"/records/company/{company['id']}")


def test_an_account_and_the_ar_period_are_opened_at_spectrums_screen(page: ConsolePage) -> None:
    assert "4010 is inactive" in page.do("Save the account", account="4010", status="I")
    assert "4010 is active" in page.do("Save the account", account="4010", status="A")
    said = page.do("Save the AR period", first="2026-01-01", last="2026-12-31")
    assert said == "Spectrum takes AR documents from 2026-01-01 to 2026-12-31 now."
    assert page.control.switches()["spectrum"]["ar_last_day"] == "2026-12-31"
    assert "soon" in page.do("Save the AR period", first="soon")


@pytest.mark.parametrize("typed", ["abc", "1,5", "nan", "Infinity"])
def test_a_number_that_is_none_is_refused_in_words(page: ConsolePage, typed: str) -> None:
    page.do("Make a company", name="Harbor Foods")
    page.do("Make a location", name="Dock 4")
    page.do("Make a job", description="New pump")

    wanted = f"the price '{typed}' cannot be read: a number such as 2.50 is needed"
    assert page.do("Make an invoice", price=typed) == wanted


def test_hours_of_a_card_that_is_not_there_are_refused_in_words(page: ConsolePage) -> None:
    assert page.do("Save the hours", hours="8") == "piece is missing"

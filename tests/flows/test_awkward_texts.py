"""What people type: every record crosses as its rules say, or waits with the field that is wrong,
and no text does harm.
"""

import pytest

from st_spectrum.engine.flow_answers import TITLE
from tests.world.contractor import Contractor

NAMES = [
    "Norfolk Redevelopment and Housing Authority Property Group 12",
    "Smith, Jones & Partners, LLP",
    "Café Émile – Peña Brothers",
    "Pump 🔧 House 👩‍🔧",
    "Bell\x07 and\ttab\nand line",
    "{code}",
    "{number}|{cost_center}",
    "<A & B> \"quoted\" ]]> 'single' &amp; &#65;",
    "   blanks on both sides   ",
    "%s %d {} \\n \\",
    "'; DROP TABLE CR_CUSTOMER_MASTER_MC; --",
    "Nor\u00adfolk\u200b hidden\ufeff",
    "\u202eright to left",
    "e\u0301 composed of two",
    "x" * 31,
    "1",
    "NULL",
    "Ａ wide letters",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_chain_with_an_awkward_name_crosses(contractor: Contractor, name: str) -> None:
    company = contractor.dispatcher.company(name)
    location = contractor.dispatcher.location(company, name)
    contractor.dispatcher.job(location, description=name, customerPo=name[:40], customName=name)

    contractor.rounds_until_quiet()

    contractor.assert_exact({})


@pytest.mark.parametrize("name", [",", ", ,,", "\u200b", "\x07"])
def test_a_name_that_spectrum_cannot_take_is_held_and_says_so(
    contractor: Contractor, name: str
) -> None:
    company = contractor.dispatcher.company(name)

    contractor.rounds_until_quiet()

    contractor.assert_exact({"customers": 1})
    entry = contractor.entry_of("customers", company)
    assert entry.reason == "the company has no name that Spectrum can take"


def test_two_companies_alike_to_the_letter_become_two_customers(contractor: Contractor) -> None:
    for _ in range(2):
        company = contractor.dispatcher.company("Harbor Foods")
        for _ in range(2):
            contractor.dispatcher.job(
                contractor.dispatcher.location(company, "Harbor Foods"), customName="Repair"
            )
    contractor.fault(system="spectrum", operation="AddCustomer", kind="drop_answer", count=2)
    contractor.fault(system="spectrum", operation="AddWOSiteAddress", kind="drop_answer", count=2)

    contractor.rounds_until_quiet()

    assert list(contractor.customers().values()) == ["Harbor Foods", "Harbor Foods"]
    contractor.assert_exact({})
    assert contractor.doubled() == []


def test_an_empty_street_is_no_obstacle(contractor: Contractor) -> None:
    company = contractor.dispatcher.company(addressStreet="")
    contractor.rounds_until_quiet()

    assert contractor.dispatcher.external_id("company", company)


def test_a_state_written_out_is_held_with_what_was_found(contractor: Contractor) -> None:
    company = contractor.dispatcher.company(addressState="Virginia")
    location = contractor.dispatcher.location(
        contractor.dispatcher.company(), addressState="virginia "
    )

    contractor.rounds_until_quiet()

    for flow, key in (("customers", company), ("sites", location)):
        entry = contractor.entry_of(flow, key)
        assert "irginia' is no two-letter abbreviation" in entry.reason
    contractor.assert_exact({"customers": 1, "sites": 1})


def test_a_name_of_pages_is_named_by_its_beginning(contractor: Contractor) -> None:
    company = contractor.dispatcher.company("Pier " * 500, addressState="Virginia")

    contractor.rounds_until_quiet()

    title = contractor.entry_of("customers", company).title
    assert title.startswith("Pier Pier")
    assert len(title) <= TITLE


def test_a_phone_with_letters_loses_them_and_a_note_says_so(contractor: Contractor) -> None:
    contractor.dispatcher.company(phoneNumber="1-800-FLOWERS")

    (outcome,) = [outcome for outcome in contractor.round()["customers"].outcomes if outcome.notes]

    assert "1-800-FLOWERS" in outcome.notes[0]


def test_a_job_whose_customer_is_a_vendor_says_so(contractor: Contractor) -> None:
    vendor = contractor.dispatcher.company("Pipe Supply", customer=False, vendor=True)
    job = contractor.dispatcher.job(contractor.dispatcher.location(vendor))

    contractor.rounds_until_quiet()

    entry = contractor.entry_of("jobs", job)
    assert "Pipe Supply is not a customer" in entry.reason
    contractor.dispatcher.change("company", vendor, customer=True)
    contractor.rounds_until_quiet()
    contractor.assert_exact({})


def test_a_site_that_nobody_noticed_crosses_because_a_job_waits_for_it(
    contractor: Contractor,
) -> None:
    vendor = contractor.dispatcher.company("Pipe Supply", customer=False, vendor=True)
    site = contractor.dispatcher.location(vendor)
    contractor.rounds_until_quiet()
    contractor.rounds_until_quiet()
    assert contractor.entry("sites", site) is None, "lists show locations of customers only"
    contractor.dispatcher.change("company", vendor, customer=True)
    job = contractor.dispatcher.job(site)

    contractor.rounds_until_quiet()

    assert contractor.dispatcher.external_id("location", site)
    assert contractor.dispatcher.external_id("job", job)


def test_a_job_at_our_own_office_waits_with_the_reason(contractor: Contractor) -> None:
    office = contractor.built.account.offices[0]
    job = contractor.dispatcher.job(office, customerId=contractor.dispatcher.company())

    contractor.rounds_until_quiet()

    site = contractor.entry_of("sites", office)
    assert "is not a customer" in site.reason
    waiting = contractor.entry_of("jobs", job)
    assert waiting.reason


def test_an_external_id_typed_half_way_is_not_written_over(contractor: Contractor) -> None:
    contractor.overrides = {
        "pace": {"retry_rejected_after_seconds": 0.001, "retry_held_after_seconds": 0.001}
    }
    company = contractor.dispatcher.company("Harbor Foods")
    contractor.fault(
        system="servicetrade", operation="PUT /externalid", kind="status", status=400, count=1
    )
    contractor.round()
    contractor.dispatcher.set_external_id("company", company, "ACME")

    contractor.rounds_until_quiet()

    assert contractor.dispatcher.external_id("company", company) == "ACME"
    entry = contractor.entry_of("customers", company)
    assert "ACME" in entry.reason
    assert "C00001" in entry.reason
    contractor.dispatcher.set_external_id("company", company, "C00001")
    contractor.rounds_until_quiet()
    contractor.assert_exact({})


def test_an_external_id_that_another_company_carries_is_refused_with_its_name(
    contractor: Contractor,
) -> None:
    company, other = contractor.dispatcher.company(), contractor.dispatcher.company()
    contractor.dispatcher.set_external_id("company", other, "C00001")

    contractor.round()

    entry = contractor.entry_of("customers", company)
    assert "C00001" in entry.reason
    assert str(other) in entry.reason


@pytest.mark.parametrize("kind", ["company", "location", "job"])
def test_a_record_whose_external_id_is_taken_away_is_not_made_again(
    contractor: Contractor, kind: str
) -> None:
    records = dict(zip(("company", "location", "job"), contractor.dispatcher.chain(), strict=True))
    contractor.rounds_until_quiet()
    before = contractor.control.counts()["spectrum"]
    contractor.dispatcher.set_external_id(kind, records[kind], "")
    contractor.dispatcher.change("company", records["company"], phoneNumber="757 555 0101")
    contractor.dispatcher.change("location", records["location"], phoneNumber="757 555 0102")
    contractor.dispatcher.change("job", records["job"], description="more")

    contractor.rounds_until_quiet()

    assert contractor.control.counts()["spectrum"] == before

"""What people type: every record crosses as its rules say, or waits with the field that is wrong,
and no text does harm.
"""

import pytest

from tests.flows.little import Little

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
def test_a_chain_with_an_awkward_name_crosses(little: Little, name: str) -> None:
    company = little.company(name)
    location = little.location(company, name)
    little.job(location, description=name, customerPo=name[:40], customName=name)

    little.rounds_until_quiet()

    little.assert_exact({})


@pytest.mark.parametrize("name", [",", ", ,,", "\u200b", "\x07"])
def test_a_name_that_spectrum_cannot_take_is_held_and_says_so(little: Little, name: str) -> None:
    company = little.company(name)

    little.rounds_until_quiet()

    little.assert_exact({"customers": 1})
    entry = little.entry("customers", company)
    assert entry is not None
    assert entry.reason == "the company has no name that Spectrum can take"


def test_two_companies_alike_to_the_letter_become_two_customers(little: Little) -> None:
    for _ in range(2):
        company = little.company("Harbor Foods")
        for _ in range(2):
            little.job(little.location(company, "Harbor Foods"), customName="Repair")
    little.fault(system="spectrum", operation="AddCustomer", kind="drop_answer", count=2)
    little.fault(system="spectrum", operation="AddWOSiteAddress", kind="drop_answer", count=2)

    little.rounds_until_quiet()

    assert list(little.customers().values()) == ["Harbor Foods", "Harbor Foods"]
    little.assert_exact({})
    assert little.doubled() == []


def test_an_empty_street_is_no_obstacle(little: Little) -> None:
    company = little.company(addressStreet="")
    little.rounds_until_quiet()

    assert little.carried("company", company)


def test_a_state_written_out_is_held_with_what_was_found(little: Little) -> None:
    company = little.company(addressState="Virginia")
    location = little.location(little.company(), addressState="virginia ")

    little.rounds_until_quiet()

    for flow, key in (("customers", company), ("sites", location)):
        entry = little.entry(flow, key)
        assert entry is not None
        assert "irginia' is no two-letter abbreviation" in entry.reason
    little.assert_exact({"customers": 1, "sites": 1})


def test_a_phone_with_letters_loses_them_and_a_note_says_so(little: Little) -> None:
    little.company(phoneNumber="1-800-FLOWERS")

    (outcome,) = [outcome for outcome in little.round()["customers"].outcomes if outcome.notes]

    assert "1-800-FLOWERS" in outcome.notes[0]


def test_a_job_whose_customer_is_a_vendor_says_so(little: Little) -> None:
    vendor = little.company("Pipe Supply", customer=False, vendor=True)
    job = little.job(little.location(vendor))

    little.rounds_until_quiet()

    entry = little.entry("jobs", job)
    assert entry is not None
    assert "Pipe Supply is not a customer" in entry.reason
    little.change("company", vendor, customer=True)
    little.rounds_until_quiet()
    little.assert_exact({})


def test_a_site_that_nobody_noticed_crosses_because_a_job_waits_for_it(little: Little) -> None:
    vendor = little.company("Pipe Supply", customer=False, vendor=True)
    site = little.location(vendor)
    little.rounds_until_quiet()
    little.rounds_until_quiet()
    assert little.entry("sites", site) is None, "lists show locations of customers only"
    little.change("company", vendor, customer=True)
    job = little.job(site)

    little.rounds_until_quiet()

    assert little.carried("location", site)
    assert little.carried("job", job)


def test_a_job_at_our_own_office_waits_with_the_reason(little: Little) -> None:
    office = little.built.account.offices[0]
    job = little.job(office, customerId=little.company())

    little.rounds_until_quiet()

    site = little.entry("sites", office)
    assert site is not None
    assert "is not a customer" in site.reason
    waiting = little.entry("jobs", job)
    assert waiting is not None
    assert waiting.reason


def test_an_external_id_typed_half_way_is_not_written_over(little: Little) -> None:
    little.overrides = {
        "pace": {"retry_rejected_after_seconds": 0.001, "retry_held_after_seconds": 0.001}
    }
    company = little.company("Harbor Foods")
    little.fault(
        system="servicetrade", operation="PUT /externalid", kind="status", status=400, count=1
    )
    little.round()
    little.give("company", company, "ACME")

    little.rounds_until_quiet()

    assert little.carried("company", company) == "ACME"
    entry = little.entry("customers", company)
    assert entry is not None
    assert "ACME" in entry.reason
    assert "C00001" in entry.reason
    little.give("company", company, "C00001")
    little.rounds_until_quiet()
    little.assert_exact({})


def test_an_external_id_that_another_company_carries_is_refused_with_its_name(
    little: Little,
) -> None:
    company, other = little.company(), little.company()
    little.give("company", other, "C00001")

    little.round()

    entry = little.entry("customers", company)
    assert entry is not None
    assert "C00001" in entry.reason
    assert str(other) in entry.reason


@pytest.mark.parametrize("kind", ["company", "location", "job"])
def test_a_record_whose_external_id_is_taken_away_is_not_made_again(
    little: Little, kind: str
) -> None:
    records = dict(zip(("company", "location", "job"), little.chain(), strict=True))
    little.rounds_until_quiet()
    before = little.sandbox.control.counts()["spectrum"]
    little.give(kind, records[kind], "")
    little.change("company", records["company"], phoneNumber="757 555 0101")
    little.change("location", records["location"], phoneNumber="757 555 0102")
    little.change("job", records["job"], description="more")

    little.rounds_until_quiet()

    assert little.sandbox.control.counts()["spectrum"] == before

"""ServiceTrade's records as they come over the wire, odd shapes included."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from st_spectrum.domain.fitting import typed_key
from st_spectrum.servicetrade.models import (
    Company,
    Job,
    Location,
    Record,
    Reference,
    TaxGroup,
    User,
)

HARBOR = {
    "id": 1201,
    "uri": "https://api.servicetrade.com/api/company/1201",
    "name": "Harbor Foods LLC",
    "status": "active",
    "refNumber": "C-1201",
    "customer": True,
    "vendor": False,
    "partsVendor": False,
    "primeContractor": False,
    "address": {"street": "12 Dock Rd", "city": "Norfolk", "state": "VA", "postalCode": "23510"},
    "phoneNumber": "757-555-0100",
    "tags": [],
    "externalIds": {"spectrum": "HARBOR"},
    "created": 1717430400,
    "updated": 1761955200,
}
PUMP_JOB = {
    "id": 2500000000010482,
    "number": 10482,
    "name": "Repair Job #10482",
    "customName": None,
    "type": "repair",
    "status": "completed",
    "customerPo": "PO-7781",
    "description": "Replace pump seal",
    "estimatedPrice": 1800,
    "customer": {"id": 1201, "name": "Harbor Foods LLC", "status": "active"},
    "location": {"id": 3310, "name": "Harbor Foods #3", "refNumber": "003", "taxable": True},
    "owner": {"id": 51, "name": "Office Person"},
    "sales": None,
    "assignedOffice": {"id": 901, "name": "Norfolk Office"},
    "offices": [{"id": 901, "name": "Norfolk Office"}],
    "terms": None,
    "tags": [{"id": 5, "name": "pm-jsmith"}],
    "isProject": False,
    "externalIds": {"spectrum": "10482"},
    "created": 1761955200,
    "updated": 1762204000,
}


def test_a_company_keeps_its_roles_address_and_external_ids() -> None:
    company = Company.model_validate(HARBOR)

    assert (company.id, company.name, company.is_customer, company.is_vendor) == (
        1201,
        "Harbor Foods LLC",
        True,
        False,
    )
    assert company.address.postal_code == "23510"
    assert company.external_ids == {"spectrum": "HARBOR"}
    assert company.payment_terms is None
    assert (company.created, company.updated) == (1717430400, 1761955200)


@pytest.mark.parametrize("record", [Company, Job], ids=["company", "job"])
@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" C00017 ", "C00017"),
        ("\u00a0C00017\u3000", "C00017"),
        ("\ufeffC00017\u200b", "C00017"),
        ("c00017", "c00017"),
        ("AB\u00a0 12", "AB  12"),
        (" 1001 | 1002\u00a0|", "1001|1002"),
    ],
)
def test_an_external_id_is_read_as_the_key_that_somebody_typed(
    record: type[Company | Job], typed: str, read: str
) -> None:
    kept = HARBOR if record is Company else PUMP_JOB
    assert record.model_validate(kept | {"externalIds": {"spectrum": typed}}).external_ids == {
        "spectrum": read
    }


@pytest.mark.parametrize("typed", [" ", "\u200b", " | "])
def test_an_external_id_of_blanks_is_none(typed: str) -> None:
    company = Company.model_validate(HARBOR | {"externalIds": {"spectrum": typed}})
    assert company.external_ids == {}


def test_a_job_keeps_its_large_id_its_office_and_its_tags() -> None:
    job = Job.model_validate(PUMP_JOB)

    assert job.id == 2500000000010482
    assert (job.number, job.custom_name, job.customer_po) == (10482, "", "PO-7781")
    assert job.estimated_price == Decimal("1800")
    assert job.assigned_office is not None
    assert job.assigned_office.name == "Norfolk Office"
    assert [tag.name for tag in job.tags] == ["pm-jsmith"]
    assert job.sales is None


def test_a_job_from_a_list_does_not_know_its_service_requests() -> None:
    assert "service_requests" not in Job.model_validate(PUMP_JOB).model_fields_set
    read = Job.model_validate({**PUMP_JOB, "serviceRequests": []})
    assert "service_requests" in read.model_fields_set


def test_references_may_be_bare_ids() -> None:
    job = Job.model_validate(
        {**PUMP_JOB, "customer": 1201, "location": 3310, "sales": 61, "offices": [901, 902]}
    )

    assert job.customer == Reference(id=1201)
    assert job.location.id == 3310
    assert job.sales is not None
    assert job.sales.id == 61
    assert [office.id for office in job.offices] == [901, 902]


@pytest.mark.parametrize("model", [Company, Location, Job])
def test_a_record_of_its_own_cannot_be_a_bare_id(model: type[Record]) -> None:
    with pytest.raises(ValidationError):
        model.model_validate(1201)


def test_null_and_absent_texts_read_the_same() -> None:
    nulls = Company.model_validate(
        {"id": 1, "name": "A", "phoneNumber": None, "address": None, "tags": None}
    )

    assert nulls == Company(id=1, name="A")
    assert nulls.address.street == ""


def test_a_location_is_taxable_unless_it_says_no() -> None:
    site = {"id": 1, "name": "A", "company": 2}

    assert Location.model_validate(site).is_taxable
    assert Location.model_validate({**site, "taxable": None}).is_taxable
    assert not Location.model_validate({**site, "taxable": False}).is_taxable


def test_a_location_without_a_company_is_refused() -> None:
    with pytest.raises(ValidationError, match="company"):
        Location.model_validate({"id": 1, "name": "A", "company": None})


@given(
    st.one_of(
        st.just([]),
        st.none(),
        st.dictionaries(st.text(min_size=1), st.one_of(st.none(), st.text(), st.integers())),
    )
)
def test_external_ids_of_every_shape_become_texts_that_say_something(wire: object) -> None:
    ids = User.model_validate({"id": 1, "externalIds": wire}).external_ids

    given_ids = wire if isinstance(wire, dict) else {}
    texts = {
        system: typed_key(str(value)) for system, value in given_ids.items() if value is not None
    }
    assert ids == {system: text for system, text in texts.items() if text}


def test_a_list_with_something_in_it_is_no_map_of_external_ids() -> None:
    with pytest.raises(ValidationError, match="externalIds"):
        User.model_validate({"id": 1, "externalIds": ["HARBOR"]})


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_money_written_with_thousands_commas_is_exact_to_the_cent(amount: Decimal) -> None:
    job = Job.model_validate({**PUMP_JOB, "estimatedPrice": f"{amount:,.2f}"})

    assert job.estimated_price == amount


@pytest.mark.parametrize("nonsense", ["about ten", True, "NaN", [1]])
def test_what_is_no_amount_is_refused(nonsense: object) -> None:
    with pytest.raises(ValidationError, match="estimatedPrice"):
        Job.model_validate({**PUMP_JOB, "estimatedPrice": nonsense})


def test_a_tax_rate_stays_a_decimal() -> None:
    assert TaxGroup.model_validate(
        {"id": 9, "code": "VANORF", "combinedRate": 0.0725}
    ).combined_rate == Decimal("0.0725")

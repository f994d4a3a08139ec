"""Companies, locations, offices and contacts of the ServiceTrade stand-in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from st_spectrum.sandbox.servicetrade.seed import PRIME_COMPANY_ID
from tests.sandbox.servicetrade_api import NOON, Api


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    api = Api(tmp_path)
    yield api
    api.sandbox.close()


def test_a_company_keeps_what_it_was_given(api: Api) -> None:
    company = api.company(
        "Café Ünion, Inc.",
        addressCity="Norfolk",
        addressState="VA",
        addressPostalCode="23510",
        refNumber="C-1201",
    )
    assert company["address"] == {
        "street": "12 Dock Rd",
        "city": "Norfolk",
        "state": "VA",
        "postalCode": "23510",
    }
    assert (company["customer"], company["vendor"], company["status"]) == (True, False, "active")
    assert company["created"] == company["updated"] == NOON
    assert api.must("GET", f"company/{company['id']}") == company


def test_a_put_changes_only_what_it_names_and_null_clears(api: Api) -> None:
    company = api.company(phoneNumber="757-555-0100", addressCity="Norfolk")
    api.at(60)
    changed = api.must(
        "PUT", f"company/{company['id']}", {"phoneNumber": None, "addressStreet": "1 New St"}
    )
    assert changed["phoneNumber"] is None
    assert (changed["address"]["street"], changed["address"]["city"]) == ("1 New St", "Norfolk")
    assert (changed["name"], changed["created"], changed["updated"]) == (
        company["name"],
        NOON,
        NOON + 60,
    )


def test_all_mistakes_of_a_body_are_told_at_once_and_nothing_is_kept(api: Api) -> None:
    before = api.sandbox.counts()
    status, text = api.refused(
        "POST", "company", {"status": "gone", "customer": "yes", "nmae": "A"}
    )
    assert status == 400
    for word in ("name is required", "status", "customer", "nmae"):
        assert word in text
    assert api.sandbox.counts() == before


def test_a_company_list_shows_only_active_ones_unless_asked(api: Api) -> None:
    by_status = {
        status: api.company(status, status=status)["id"]
        for status in ("active", "pending", "inactive", "on_hold")
    }
    assert api.ids("company", isCustomer=1) == [by_status["active"]]
    assert api.ids("company", isCustomer=1, status="inactive,on_hold") == [
        by_status["inactive"],
        by_status["on_hold"],
    ]


def test_companies_are_found_by_role_address_reference_and_name(api: Api) -> None:
    one = api.company("Harbor Foods", addressState="VA", refNumber="C-1")["id"]
    two = api.company("Pier Hotel", addressState="MD", customer=False, vendor=True)["id"]
    assert api.ids("company", isCustomer=1) == [one]
    assert api.ids("company", isVendor=1) == [PRIME_COMPANY_ID, two]
    assert api.ids("company", state="MD") == [two]
    assert api.ids("company", refNumber="C-1") == [one]
    assert api.ids("company", refNumber="C") == []
    assert api.ids("company", name="harbor") == [one]


def test_payment_terms_show_only_where_they_are_set(api: Api) -> None:
    terms = {term["name"]: term for term in api.must("GET", "paymentterms")["paymentTerms"]}
    assert terms["Net 30"].keys() == {"id", "uri", "name", "orderIndex"}
    assert all(isinstance(term["orderIndex"], str) for term in terms.values())
    assert "paymentTerms" not in api.company("A")
    with_terms = api.company("B", paymentTermsId=terms["Net 30"]["id"])
    assert with_terms["paymentTerms"]["name"] == "Net 30"


def test_a_location_belongs_to_a_company_and_needs_an_address(api: Api) -> None:
    status, text = api.refused(
        "POST", "location", {"name": "A", "companyId": 12, "addressStreet": "x"}
    )
    assert (status, "companyId" in text) == (400, True)
    company = api.company()
    assert api.refused("POST", "location", {"name": "A", "companyId": company["id"]})[0] == 400
    location = api.location(
        company, taxable=False, lat=36.85, address={"street": "40 Pier St", "city": "Norfolk"}
    )
    assert location["company"].keys() == {"id", "uri", "name", "status"}
    assert (location["taxable"], location["lat"]) == (False, 36.85)
    assert location["address"]["city"] == "Norfolk"


def test_an_office_is_a_location_of_the_own_company_and_hides_from_the_default_list(
    api: Api,
) -> None:
    prime = api.must("GET", "account")["accounts"][0]["primeCompany"]
    assert prime["id"] == PRIME_COMPANY_ID
    office = api.location(prime, name="Norfolk Office")
    site = api.location(officeIds=[office["id"]])
    assert site["offices"][0]["name"] == "Norfolk Office"
    assert api.ids("location") == [site["id"]]
    assert api.ids("location", companyId=PRIME_COMPANY_ID, isCustomer=0) == [office["id"]]
    assert api.ids("location", officeIds=f"{office['id']},5") == [site["id"]]
    assert api.ids("company", officeId=office["id"]) == [site["company"]["id"]]


def test_locations_are_found_by_status_company_and_company_status(api: Api) -> None:
    one, two = api.company("One"), api.company("Two", status="inactive")
    here = api.location(one)["id"]
    closed = api.location(one, status="inactive")["id"]
    there = api.location(two)["id"]
    assert api.ids("location") == [here, closed, there]
    assert api.ids("location", status="inactive") == [closed]
    assert api.ids("location", companyId=f"{one['id']},{two['id']}") == [here, closed, there]
    assert api.ids("location", companyStatus="active") == [here, closed]


def test_the_embedded_location_has_exactly_the_keys_of_the_reference(api: Api) -> None:
    embedded = api.job()["location"]
    assert list(embedded) == [
        *(
            "id",
            "uri",
            "name",
            "refNumber",
            "legacyId",
            "lat",
            "lon",
            "phoneNumber",
            "email",
            "primaryContact",
        ),
        *("address", "taxable", "status"),
    ]


def test_a_merged_location_disappears_and_its_jobs_move(api: Api) -> None:
    company = api.company()
    old, new = api.location(company), api.location(company)
    job = api.job(old)
    contact = api.must(
        "POST", "contact", {"lastName": "Stone", "locationIds": [old["id"], new["id"]]}
    )
    api.must("PUT", f"externalid/location/{old['id']}/spectrum", {"value": "S1"})
    api.at(60)
    merged = api.must("POST", f"location/{old['id']}/merge", {"replacementId": new["id"]})
    assert merged["id"] == new["id"]
    assert api.refused("GET", f"location/{old['id']}")[0] == 404
    moved = api.must("GET", f"job/{job['id']}")
    assert (moved["location"]["id"], moved["updated"]) == (new["id"], NOON + 60)
    assert [
        location["id"] for location in api.must("GET", f"contact/{contact['id']}")["locations"]
    ] == [new["id"]]
    assert api.refused("GET", "externalid/location/spectrum/S1")[0] == 404
    assert (
        api.refused("POST", f"location/{new['id']}/merge", {"replacementId": new["id"]})[0] == 400
    )


def test_a_location_with_jobs_cannot_be_deleted(api: Api) -> None:
    location = api.location()
    empty = api.location()
    api.job(location)
    assert api.refused("DELETE", f"location/{location['id']}")[0] == 400
    assert api.must("DELETE", f"location/{empty['id']}") is None
    assert api.refused("GET", f"location/{empty['id']}")[0] == 404


def test_comments_of_a_location_live_below_it_too(api: Api) -> None:
    location = api.location()
    api.must("POST", f"location/{location['id']}/comment", {"content": "Gate code 1234"})
    assert (
        api.must("GET", f"location/{location['id']}/comment")["comments"][0]["content"]
        == "Gate code 1234"
    )
    assert len(api.ids("comment", entityId=location["id"], entityType=11)) == 1


def test_a_tax_group_shows_on_its_location(api: Api) -> None:
    group = api.must(
        "POST", "taxgroup", {"name": "Norfolk City", "code": "VANORF", "combinedRate": 0.0725}
    )
    assert group.keys() == {"id", "name", "code", "combinedRate"}
    assert api.location(taxGroupId=group["id"])["taxGroup"] == group
    assert api.must("GET", "taxgroup")["taxGroups"] == [group]
    assert (
        api.refused("POST", "taxgroup", {"name": "B", "code": "VANORF", "combinedRate": 0.01})[0]
        == 400
    )
    assert (
        api.refused("POST", "taxgroup", {"name": "B", "code": "V" * 41, "combinedRate": 0.01})[0]
        == 400
    )


def test_contacts_come_and_go(api: Api) -> None:
    location = api.location()
    contact = api.must(
        "POST",
        "contact",
        {"firstName": "Ann", "types": ["billing"], "locationIds": [location["id"]]},
    )
    assert (contact["type"], contact["location"]["id"]) == ("billing", location["id"])
    api.must("PUT", f"location/{location['id']}", {"primaryContactId": contact["id"]})
    shown = api.must("GET", f"location/{location['id']}")["primaryContact"]
    assert list(shown) == [
        *(
            "id",
            "uri",
            "firstName",
            "lastName",
            "phone",
            "mobile",
            "alternatePhone",
            "email",
            "type",
            "types",
        ),
    ]
    assert (
        api.must("PUT", f"contact/{contact['id']}", {"email": "ann@example.com"})["email"]
        == "ann@example.com"
    )
    assert (
        api.ids("contact", locationId=location["id"])
        == api.ids("contact", search="ANN")
        == [contact["id"]]
    )
    api.must("DELETE", f"contact/{contact['id']}")
    assert api.must("GET", f"location/{location['id']}")["primaryContact"] is None
    assert api.refused("POST", "contact", {"email": "nobody@example.com"})[0] == 400

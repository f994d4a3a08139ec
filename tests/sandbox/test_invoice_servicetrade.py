"""Invoices, their lines and their statuses on the ServiceTrade stand-in."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.sandbox.servicetrade.invoice_status import MOVES, STATUSES
from st_spectrum.sandbox.servicetrade.seed import PRIME_COMPANY_ID
from tests.sandbox.servicetrade_api import NOON, Api

INVOICE = 9001


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    api = Api(tmp_path)
    yield api
    api.sandbox.close()


@pytest.fixture(scope="module")
def endless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One stand-in for many examples, with a budget that they cannot use up."""
    api = Api(tmp_path_factory.mktemp("endless"), charge_ms=0)
    yield api
    api.sandbox.close()


def invoice(
    api: Api, *lines: dict[str, Any], job: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    items = [{"description": "Labor", **line} for line in lines or ({"quantity": 1, "price": 100},)]
    made: dict[str, Any] = api.must(
        "POST", "invoice", {"jobId": (job or api.job())["id"], "items": items, **more}
    )
    return made


def test_an_invoice_takes_customer_site_vendor_office_and_po_from_its_job(api: Api) -> None:
    location = api.location()
    job = api.job(location, customerPo="PO-7781")
    made = invoice(api, job=job)
    assert made["customer"]["id"] == location["company"]["id"]
    assert made["location"]["id"] == location["id"]
    assert made["vendor"]["id"] == PRIME_COMPANY_ID
    assert (made["job"]["number"], made["customerPo"], made["transactionDate"]) == (
        job["number"],
        "PO-7781",
        NOON,
    )
    assert (made["status"], made["type"], made["invoiceNumber"]) == (
        "ok",
        "invoice",
        f"{job['number']}-1",
    )
    assert invoice(api, job=job)["invoiceNumber"] == f"{job['number']}-2"
    assert "externalIds" not in made


def test_customer_and_site_inside_an_invoice_carry_their_external_ids(api: Api) -> None:
    location = api.location()
    company = location["company"]["id"]
    api.must("PUT", f"externalid/company/{company}/spectrum", {"value": "HARBOR"})
    made = invoice(api, job=api.job(location))
    for shown in (
        made,
        api.must("GET", f"invoice/{made['id']}"),
        api.must("GET", "invoice")["invoices"][0],
    ):
        assert shown["customer"]["externalIds"] == {"spectrum": "HARBOR"}
        assert not shown["location"]["externalIds"]
    compound = api.http.get(
        f"invoice/{made['id']}", params={"_sideload": "invoice.customer"}
    ).json()
    assert compound["data"]["customer"] == company
    assert compound["companies"][0]["externalIds"] == {"spectrum": "HARBOR"}


def test_an_invoice_without_a_job_names_its_customer(api: Api) -> None:
    company = api.company()["id"]
    made = api.must("POST", "invoice", {"customerId": company, "items": []})
    assert (made["job"], made["location"], made["customer"]["id"], made["totalPrice"]) == (
        None,
        None,
        company,
        0,
    )
    assert api.refused("POST", "invoice", {"items": []})[0] == 400
    status, text = api.refused(
        "POST", "invoice", {"jobId": api.job()["id"], "customerId": company, "items": []}
    )
    assert (status, "customerId" in text) == (400, True)


def test_amounts_of_a_line_are_worked_out_to_the_cent_and_summed_exactly(api: Api) -> None:
    group = api.must(
        "POST", "taxgroup", {"name": "Norfolk", "code": "VANORF", "combinedRate": 0.0725}
    )["id"]
    made = invoice(
        api,
        {"quantity": 2.5, "price": 33.33, "taxGroupId": group},
        {"quantity": 3, "price": 0.1},
        {"quantity": 1, "price": -19.99, "taxRate": 0.06},
    )
    assert [item["subtotal"] for item in made["items"]] == [83.33, 0.3, -19.99]
    assert [item["taxAmount"] for item in made["items"]] == [6.04, 0, -1.2]
    assert (made["subtotal"], made["taxAmount"], made["totalPrice"]) == (63.64, 4.84, 68.48)
    assert made["items"][0]["taxGroup"] == {
        "id": group,
        "name": "Norfolk",
        "code": "VANORF",
        "combinedRate": 0.0725,
    }
    assert [item["orderIndex"] for item in made["items"]] == [1, 2, 3]


LINES = st.lists(
    st.tuples(st.integers(-999_999, 999_999), st.integers(-400, 400)).map(
        lambda pair: {
            "description": "x",
            "price": pair[0] / 100,
            "quantity": pair[1] / 4,
            "taxRate": 0.0725,
        }
    ),
    max_size=12,
)


@given(lines=LINES)
def test_the_header_is_the_exact_sum_of_its_lines(endless: Api, lines: list[Any]) -> None:
    made = endless.must("POST", "invoice", {"customerId": PRIME_COMPANY_ID, "items": lines})
    for amount in ("subtotal", "taxAmount", "totalPrice"):
        assert Decimal(str(made[amount])) == sum(
            (Decimal(str(line[amount])) for line in made["items"]), Decimal(0)
        )
    for line in made["items"]:
        assert Decimal(str(line["totalPrice"])) == Decimal(str(line["subtotal"])) + Decimal(
            str(line["taxAmount"])
        )


def test_whole_amounts_may_come_as_integers(api: Api) -> None:
    job = api.job()
    kinds = {type(invoice(api, {"price": 250}, job=job)["subtotal"]) for _ in range(4)}
    assert kinds == {int, float}


def test_a_difference_of_a_cent_can_be_set_up(api: Api) -> None:
    made = invoice(api, {"price": 10, "taxAmount": 0.61}, taxAmount=0.6, totalPrice=10.6)
    assert (made["items"][0]["taxAmount"], made["taxAmount"], made["totalPrice"]) == (
        0.61,
        0.6,
        10.6,
    )
    assert api.refused("PUT", f"invoice/{made['id']}", {"totalPrice": 5})[0] == 400


def test_tax_can_be_left_out_of_a_whole_invoice(api: Api) -> None:
    made = invoice(api, {"price": 100, "taxRate": 0.06}, applyTax=False)
    assert (made["taxAmount"], made["totalPrice"]) == (0, 100)


def test_a_line_shows_its_item_its_service_line_and_where_its_cost_stands(api: Api) -> None:
    line = api.must("GET", "serviceline")["servicelines"][0]
    lib = api.must(
        "POST", "libitem", {"name": "Labor - Regular", "type": "labor", "code": "LAB-REG"}
    )
    api.must("PUT", f"externalid/libitem/{lib['id']}/spectrum", {"value": "LAB"})
    job = api.job()
    used = api.must(
        "POST",
        "jobitem",
        {"name": "Labor", "jobId": job["id"], "cost": 62.5, "libItemId": lib["id"]},
    )
    made = invoice(
        api,
        {
            "libItemId": lib["id"],
            "serviceLineId": line["id"],
            "jobItemId": used["id"],
            "price": 250,
        },
        job=job,
    )
    (item,) = made["items"]
    assert item["libItem"]["code"] == "LAB-REG"
    assert item["libItem"]["externalIds"] == {"spectrum": "LAB"}
    assert item["serviceLine"] == line
    assert item["jobItem"]["cost"] == 62.5
    assert not {"cost", "taxable"} & item.keys()
    assert api.ids("jobitem", jobId=job["id"]) == [used["id"]]
    assert api.must("GET", "externalid/libitem/spectrum/LAB")["id"] == lib["id"]
    assert (
        api.refused("POST", "libitem", {"name": "Other", "type": "fee", "code": "LAB-REG"})[0]
        == 400
    )


def test_every_problem_of_every_line_is_told_at_once(api: Api) -> None:
    lines = [{"description": "x", "price": "5"}, {"quantity": 1, "cost": 3}]
    status, text = api.refused("POST", "invoice", {"customerId": PRIME_COMPANY_ID, "items": lines})
    assert status == 400
    for part in ("line 1: price", "line 2: description is required", "line 2: cost: no such key"):
        assert part in text


def test_invoices_are_found_by_status_dates_and_what_they_refer_to(api: Api) -> None:
    location = api.location()
    job = api.job(location)
    first = invoice(api, job=job, status="pending_accounting", transactionDate=NOON - 100)["id"]
    api.at(60)
    second = invoice(api, job=api.job(), status="void")["id"]
    third = invoice(api, job=api.job(), type="vendorbill")["id"]
    assert api.ids("invoice", status="pending_accounting,void") == [first, second]
    assert api.ids("invoice", updatedAfter=NOON + 60) == [second, third]
    assert api.ids("invoice", createdAfter=NOON, createdBefore=NOON + 59) == [first]
    assert api.ids("invoice", transactionDateBefore=NOON - 100) == [first]
    assert api.ids("invoice", transactionDateAfter=NOON - 99) == [second, third]
    assert api.ids("invoice", type="vendorbill") == [third]
    for query in (
        {"jobId": job["id"]},
        {"locationId": location["id"]},
        {"customerId": location["company"]["id"]},
    ):
        assert api.ids("invoice", **query) == [first], query
    assert api.ids("invoice", sort="transactionDate", sortOrder="desc", limit=1) == [second]
    assert api.refused("GET", "invoice", status="approved")[0] == 400
    assert api.refused("GET", "invoice", limit=2001)[0] == 400


def test_a_list_is_sorted_by_name_unless_asked_otherwise(api: Api) -> None:
    later, earlier = (invoice(api, name=name)["id"] for name in ("Zebra", "Aardvark"))
    assert api.ids("invoice") == [earlier, later]


def test_every_move_of_the_matrix_goes_through_and_every_other_is_refused(api: Api) -> None:
    job = api.job()
    for before in STATUSES:
        for after in STATUSES:
            made = invoice(api, job=job, status=before)["id"]
            if after == before or after in MOVES[before] or (after == "void" and before != "void"):
                assert api.must("PUT", f"invoice/{made}", {"status": after})["status"] == after
            else:
                assert api.refused("PUT", f"invoice/{made}", {"status": after})[0] == 400
                assert api.must("GET", f"invoice/{made}")["status"] == before


def test_a_processed_invoice_can_be_processed_again_unless_the_switch_forbids_it(api: Api) -> None:
    made = invoice(api, status="processed")["id"]
    api.must("PUT", f"invoice/{made}", {"status": "processed", "invoiceNumber": "10482-1A"})
    api.sandbox.switch("is_processed_twice_allowed", value=False)
    assert api.refused("PUT", f"invoice/{made}", {"status": "processed"})[0] == 400
    assert api.must("GET", f"invoice/{made}")["invoiceNumber"] == "10482-1A"


def test_without_the_strict_matrix_an_integration_may_set_its_two_statuses_from_anywhere_but_void(
    api: Api,
) -> None:
    api.sandbox.switch("is_invoice_matrix_strict", value=False)
    job = api.job()
    ready, gone = (invoice(api, job=job, status=status)["id"] for status in ("ok", "void"))
    assert api.must("PUT", f"invoice/{ready}", {"status": "processed"})["status"] == "processed"
    assert api.refused("PUT", f"invoice/{gone}", {"status": "failed"})[0] == 400
    assert api.refused("PUT", f"invoice/{ready}", {"status": "draft"})[0] == 400


def test_what_was_decided_when_an_invoice_was_made_stays(api: Api) -> None:
    made = invoice(api)["id"]
    for name, value in (
        ("jobId", 1),
        ("items", []),
        ("type", "external"),
        ("customerId", PRIME_COMPANY_ID),
    ):
        assert api.refused("PUT", f"invoice/{made}", {name: value})[0] == 400
    assert api.refused("DELETE", f"invoice/{made}")[0] == 405


def test_a_clerk_corrects_a_line_and_the_sums_follow(api: Api) -> None:
    group = api.must(
        "POST", "taxgroup", {"name": "Norfolk", "code": "VANORF", "combinedRate": 0.06}
    )["id"]
    made = invoice(
        api, {"price": 100}, {"price": 50, "taxAmount": 9}, status="failed", totalPrice=1
    )
    api.at(30)
    api.must("PUT", f"invoiceitem/{made['items'][1]['id']}", {"taxGroupId": group})
    again = api.must("GET", f"invoice/{made['id']}")
    assert (again["subtotal"], again["taxAmount"], again["totalPrice"], again["updated"]) == (
        150,
        3,
        153,
        NOON + 30,
    )
    assert api.refused("PUT", "invoiceitem/999999", {"price": 1})[0] == 404


def test_comments_on_an_invoice_are_kept_under_its_number(api: Api) -> None:
    made = invoice(api)["id"]
    api.must(
        "POST",
        "comment",
        {"entityId": made, "entityType": INVOICE, "content": "GL account missing"},
    )
    found = api.must("GET", "comment", entityId=made, entityType=INVOICE)["comments"]
    assert [comment["content"] for comment in found] == ["GL account missing"]
    assert (
        api.refused("POST", "comment", {"entityId": 1, "entityType": INVOICE, "content": "x"})[0]
        == 400
    )


def test_invoices_survive_a_restart(tmp_path: Path) -> None:
    first = Api(tmp_path)
    job = first.job()
    made = invoice(first, {"price": 19.99}, job=job)
    first.sandbox.close()
    second = Api(tmp_path)
    assert second.must("GET", f"invoice/{made['id']}") == made
    assert invoice(second, job=job)["invoiceNumber"] == f"{job['number']}-2"
    second.sandbox.close()

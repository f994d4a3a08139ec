"""A year of billing: 5,000 invoices of all kinds, voided before and after posting, with broken
prerequisites among them.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from st_spectrum.alerts.deliver import alert
from st_spectrum.ledger.ledger import open_ledger
from st_spectrum.sandbox.invoice_plan import Broken, Make
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World
from tests.world.ar_clerk import HEADERS, LINES
from tests.world.contractor import Contractor, build_contractor

YEAR = World(
    offices=4, companies=120, vendors=6, locations=180, jobs=400, template_phases=1, invoices=5000,
    invoices_in_closed_period=20, invoices_off_by_a_cent=20,
)  # fmt: skip
TAX_CODES = {
    "VANORF": "VANORF",
    "VA": "VA",
    "VA-HIST": "VA",
    "NC-WAKE": "NCWAKE",
    "NC": "NC",
    "MD": "MD",
}


@pytest.fixture
def year(sandbox: Sandbox, tmp_path: Path) -> Contractor:
    """Tax by tax group, and no account or cost center that takes whatever nobody knows."""
    made = build_contractor(sandbox, tmp_path, YEAR)
    maps, gl = made.account.maps, made.account.invoices.gl
    made.overrides["maps"] = {
        "sales_tax": maps.sales_tax.model_copy(update={"by_tax_group": TAX_CODES}),
        "cost_centers": maps.cost_centers.model_copy(update={"default": ""}),
    }
    made.overrides["invoices"] = {"gl": gl.model_copy(update={"default": ""})}
    return made


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_five_thousand_invoices_agree_one_by_one_and_in_all_totals(year: Contractor) -> None:
    control = year.sandbox.control
    planned = {str(made.id): made.planned for made in year.built.invoices}
    to_void = [int(key) for key, invoice in planned.items() if invoice.is_to_be_void]
    early, late = to_void[::2], to_void[1::2]
    for invoice in early:
        year.built.void(invoice)
    first = year.round()["invoices"]
    side = year.assert_invoices_exact()
    posted = posted_kinds(year)
    causes, mails = mails_of(year)
    for invoice in late:
        year.built.void(invoice)
    year.round()
    after = year.writes()

    again = year.round()

    assert not first.stopped_by
    assert first.money_agrees()
    assert first.money()["posted"] == side.posted
    assert side.waiting.keys() == {key for key, invoice in planned.items() if invoice.broken}
    assert Counter(str(planned[key].broken) for key in side.waiting) == {
        Broken.CUSTOMER: 50, Broken.TAX_GROUP: 50, Broken.SERVICE_LINE: 50, Broken.CLOSED: 20, Broken.CENT: 20,
    }  # fmt: skip
    assert posted["makes"] == set(Make)
    assert posted["tax groups"] == set(TAX_CODES)
    assert posted["tax codes"] == {*TAX_CODES.values(), "EXEMPT"}
    assert posted["cost centers"] == {"100", "200", "300"}
    assert posted["types"] == {"I", "C"}
    assert (min(posted["lines"]), max(posted["lines"])) == (1, 40)
    assert len(mails) == len(causes) == len(set(mails))
    assert again["invoices"].writes == 0
    assert year.writes() == after
    assert year.posted_twice() == []
    last = year.assert_invoices_exact()
    assert last.voided == len(to_void) == 500
    assert last.matched == side.matched - len(late)
    assert last.waiting == side.waiting
    assert {row["status"] for row in control.records("servicetrade", "invoice")} >= {
        "processed",
        "void",
        "ok",
        "draft",
    }


def posted_kinds(year: Contractor) -> dict[str, set[Any]]:
    """What the posted invoices are made of, as both systems have it."""
    control, planned = year.sandbox.control, {made.id: made.planned for made in year.built.invoices}
    groups = {row["id"]: row["code"] for row in control.records("servicetrade", "taxgroup")}
    closed = [
        row for row in control.records("servicetrade", "invoice") if row["status"] == "processed"
    ]
    headers, lines = control.records("spectrum", HEADERS), control.records("spectrum", LINES)
    return {
        "makes": {planned[row["id"]].make for row in closed},
        "lines": {len(row["items"]) for row in closed},
        "tax groups": {
            groups[item["taxGroupId"]]
            for row in closed
            for item in row["items"]
            if item["taxGroupId"]
        },
        "tax codes": {header["Sales_Tax_Code"].strip() for header in headers},
        "types": {header["Transaction_Type"].strip() for header in headers},
        "cost centers": {line["Cost_Center"].strip() for line in lines},
    }


def mails_of(year: Contractor) -> tuple[set[str], list[str]]:
    """The causes of what waits in any flow but for other records, and the subjects of the mails
    about them.
    """
    with open_ledger(year.account.ledger) as ledger:
        done = alert(year.account, ledger)
        again = alert(year.account, ledger)
        waiting = [held.entry for flow in ("customers", "sites", "jobs", "invoices")
                   for _, held in ledger.open_entries(flow) if held]  # fmt: skip
    on_their_way = {"customers", "sites", "jobs"}
    causes = {outcome.cause or outcome.reason for outcome in waiting
            if not any(need.partition("/")[0] in on_their_way for need in outcome.needs)}  # fmt: skip
    assert again.written == 0
    assert done.sending.waiting == 0
    return causes, [mail.subject for mail in year.sandbox.control.mails()]

"""Golden cases: `<rule>.json` is what ServiceTrade holds, `<rule>.md` what happens in Spectrum, as
an accountant reads it.

`make cases` writes the `.md` files anew; the difference is then reviewed like any change.
"""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from st_spectrum.domain.progress import Progress
from st_spectrum.flows.invoices.kept import from_document
from st_spectrum.flows.invoices.rules import InvoiceBundle, decide_invoice
from st_spectrum.ledger.documents.invoices import PostedInvoice
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import Job, User
from tests.cases.ledger_form import rendered
from tests.flows.records import account

FOLDER = Path(__file__).parent / "invoices"
CASES = sorted(path.stem for path in FOLDER.glob("*.json"))


def decided(case: dict[str, Any]) -> Any:
    bundle = InvoiceBundle(
        Invoice.model_validate(case["invoice"]),
        date.fromisoformat(case.get("today", "2025-11-10")),
        Job.model_validate(case["job"]) if "job" in case else None,
        User.model_validate(case["salesperson"]) if "salesperson" in case else None,
        from_document(PostedInvoice.read(json.dumps(case["posted"]), "posted"))
        if "posted" in case
        else (),
        Progress(
            **{
                name: tuple(value) if isinstance(value, list) else value
                for name, value in case.get("progress", {}).items()
            }
        ),
    )
    return decide_invoice(bundle, account(**case.get("account", {})))


@pytest.mark.parametrize("name", CASES)
def test_the_documents_of_each_rule_are_those_an_accountant_approved(name: str) -> None:
    case = json.loads((FOLDER / f"{name}.json").read_text())
    found = rendered(case["rule"], decided(case))
    golden = FOLDER / f"{name}.md"
    if os.environ.get("ST_SPECTRUM_REWRITE_CASES"):
        golden.write_text(found)

    assert golden.read_text() == found

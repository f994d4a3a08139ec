"""Invoices, as all who deal with every flow know them."""

from st_spectrum.domain.commands import System
from st_spectrum.domain.flow_description import FlowDescription

INVOICES = FlowDescription(
    name="invoices",
    text=(
        "Approved ServiceTrade invoices become AR invoices in Spectrum, negative lines a "
        "credit memo beside them, and a void what offsets them. Posted ones become "
        "`processed` in ServiceTrade; what Spectrum refuses becomes `failed` there, with a "
        "comment that says why."
    ),
    source=System.SERVICETRADE,
    target=System.SPECTRUM,
    after=("customers", "sites", "jobs"),
    servicetrade_records="approved and voided invoices",
    spectrum_records="AR invoices and credit memos",
    written_by="POST /customer/invoice, or AddARInvoice",
    entity_type="invoice",
    may_vanish=True,
    is_of_companies=True,
    plural="invoices",
    waiting_noun="approved invoice",
    title_word="Invoice",
    noticed="New or changed in ServiceTrade.",
    rung_by=frozenset({"invoice"}),
    unmatched_cause="reversed at the Spectrum screen, and not voided in ServiceTrade",
    closed_by="month",
    carries_money=True,
    has_approved_sums=True,
    is_resubmitted=True,
    has_reserved_numbers=True,
    code_places={
        "Terms_Code": "maps.payment_terms",
        "Sales_Tax_Code": "maps.sales_tax",
        "GL_Account": "invoices.gl",
        "Income_Cost_Center": "maps.cost_centers",
        "Cost_Center": "maps.cost_centers",
        "Batch_Code": "invoices.batch",
    },
)

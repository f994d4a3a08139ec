"""What the controller changes in the account file meanwhile, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from tests.histories.history import History


@dataclass(frozen=True)
class AccountEdit:
    """One key gets another value. With `is_set_right` it was a mistake: records wait, and in the
    end the controller puts back what stood there.
    """

    path: str
    value: Any
    is_set_right: bool = False


ACCOUNT_EDITS: Mapping[str, AccountEdit] = {
    "invoices by SOAP from now on": AccountEdit("invoices.target", "soap"),
    "invoices by REST from now on": AccountEdit("invoices.target", "rest"),
    "time by SOAP from now on": AccountEdit("timecards.target", "soap"),
    "time by REST from now on": AccountEdit("timecards.target", "rest"),
    "other job numbers": AccountEdit("jobs.number_format", "J{number}"),
    "other customer codes": AccountEdit("customers.codes.prefix", "K"),
    "other site ids": AccountEdit("sites.codes.prefix", "T"),
    "offsets bear the invoice's number": AccountEdit("invoices.number.is_same_for_offset", True),
    "batches by day": AccountEdit("invoices.batch", "day"),
    "other batches of time": AccountEdit("timecards.batch_prefix", "TX"),
    "no cost center on lines": AccountEdit("invoices.has_income_cost_center", False),
    "small batches": AccountEdit("pace.batch_size", 1),
    "a tax code is missing": AccountEdit("maps.sales_tax.by_state", {}, is_set_right=True),
    "a tax class is missing": AccountEdit("maps.tax_class.by_state", {}, is_set_right=True),
    "a pay type is missing": AccountEdit("timecards.pay_types.by_lib_item", {}, is_set_right=True),
    "another template job": AccountEdit("jobs.template_job", "NOSUCH", is_set_right=True),
    "repairs are ignored": AccountEdit("jobs.ignored_types", ("repair",), is_set_right=True),
    "no month of AR is open": AccountEdit("invoices.open_periods", ("2020-01",), is_set_right=True),
    "payroll is closed": AccountEdit("timecards.closed_through", "2026-12-31", is_set_right=True),
    "one record in a round": AccountEdit("limits.records_per_round", 1, is_set_right=True),
    "Info-Link is switched off": AccountEdit(
        "spectrum.infolink.url", SecretStr(""), is_set_right=True
    ),
}
"""By what a controller would say of it."""

NOT_WITH_OLD_LEDGERS = ("Info-Link is switched off",)
"""Without Info-Link nobody sees what an older ledger sent after it was copied."""


def edit_account(history: History, name: str) -> None:
    """From the next worker on."""
    edit = ACCOUNT_EDITS[name]
    if edit.path.startswith("spectrum.infolink.") and not history.case.has_infolink:
        return
    history.changes[edit.path] = edit.value


def set_right(history: History) -> None:
    """The mistakes are gone."""
    for edit in ACCOUNT_EDITS.values():
        if edit.is_set_right and history.changes.get(edit.path) == edit.value:
            del history.changes[edit.path]

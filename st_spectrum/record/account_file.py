"""The account file of a recording: what was decided stays, under the same stand-ins as the records;
addresses, logins, people and places on a machine are left out.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal, get_origin

import yaml
from pydantic import BaseModel

from st_spectrum.account import Account
from st_spectrum.account.section import shape_of
from st_spectrum.record.pseudonyms import Pseudonyms

HEAD = """# The account file of a recording: codes are those of the set-up, everything else has a stand-in.
# The variables are given by whoever replays it.
"""

CONNECTIONS: Mapping[str, str] = {
    "servicetrade.base_url": "RECORDED_SERVICETRADE_URL",
    "servicetrade.client_id": "RECORDED_LOGIN",
    "servicetrade.client_secret": "RECORDED_LOGIN",
    "servicetrade.username": "RECORDED_LOGIN",
    "servicetrade.password": "RECORDED_LOGIN",
    "spectrum.base_url": "RECORDED_SPECTRUM_URL",
    "spectrum.authorization_id": "RECORDED_LOGIN",
    "spectrum.client_id": "RECORDED_LOGIN",
    "spectrum.client_secret": "RECORDED_LOGIN",
}
"""Variables in place of what leads to the systems."""

LEFT_OUT = frozenset(
    {"ledger", "state_dir", "support", "name", "servicetrade", "spectrum"}
) | frozenset({"jobs.project_manager.tag_pattern", "timecards.witness"})

KEPT = frozenset(
    {
        *("timezone", "office_timezones"),
        *("jobs.ignored_types", "jobs.contract_type"),
        *("jobs.default_contract_type", "jobs.oh_batch_code"),
        *("invoices.number.credit_suffix",),
        *("invoices.number.void_suffix", "invoices.number.void_credit_suffix"),
        *("invoices.gl.by_cost_center", "invoices.gl.by_job_type", "invoices.gl.default"),
        *("invoices.rounding_gl_account", "timecards.batch_prefix", "timecards.active_statuses"),
        *("timecards.card_statuses", "timecards.row_types"),
        *("timecards.pay_types.by_lib_item", "timecards.pay_types.by_activity"),
        *("timecards.pay_types.by_generic_name", "timecards.departments.by_office"),
        *("timecards.departments.default", "timecards.departments.without_job"),
        *("timecards.departments.non_direct", "timecards.cost_codes.phase_by_service_line"),
        *("timecards.cost_codes.default_phase", "timecards.cost_codes.default_cost_type"),
        *("timecards.cost_codes.cost_type_by_service_line", "timecards.time_off.job_types"),
        *("timecards.pay_rates.code_by_lib_item", "timecards.reconciliation.at"),
        *("purchase_orders.unit_factors", "purchase_orders.currencies"),
        *("purchase_orders.statuses",),
        *("maps.payment_terms.by_name", "maps.payment_terms.default"),
        *("maps.sales_tax.by_tax_group", "maps.sales_tax.by_state", "maps.sales_tax.fixed"),
        *("maps.sales_tax.default", "maps.sales_tax.not_taxable", "maps.tax_class.by_state"),
        *("maps.tax_class.by_tax_group", "maps.tax_class.default", "maps.work_state"),
        *("maps.default_work_state", "maps.cost_centers.by_service_line"),
        *("maps.cost_centers.by_office", "maps.cost_centers.default"),
        *("maps.cost_centers.price_method",),
    }
)
"""Settings whose values are codes of the set-up or words of a list."""

KEYS_KEPT = frozenset(
    {
        *("jobs.contract_type", "invoices.gl.by_cost_center", "invoices.gl.by_job_type"),
        *("timecards.pay_types.by_activity", "purchase_orders.unit_factors"),
        *("timecards.card_statuses", "timecards.row_types", "purchase_orders.statuses"),
        *("purchase_orders.library_items.by_cost_type", "purchase_orders.library_items.by_phase"),
        *("purchase_orders.service_lines.by_cost_type", "purchase_orders.service_lines.by_phase"),
        *("maps.sales_tax.by_state", "maps.tax_class.by_state", "maps.work_state"),
        *("maps.cost_centers.price_method",),
    }
)
"""Maps from a code, a state or a word of a list; the keys of all others are names."""

PATTERNS = frozenset(
    {
        *("customers.codes.prefix", "sites.codes.prefix"),
        *("jobs.number_format", "invoices.number.format"),
    }
)
"""Settings of which the fields stay, and a letter or two; a word between them may be a name."""
WORD_OR_FIELD = re.compile(r"\{[^}]*\}|[A-Za-z]{3,}")

DATES = frozenset({"timecards.first_day", "timecards.closed_through"})
MONTHS = frozenset({"invoices.open_periods"})


def recorded_account(account: Account, pseudonyms: Pseudonyms) -> str:
    """The file as text."""
    found: dict[str, Any] = {"name": "recorded", **_connections(account, pseudonyms)}
    found |= {
        "state_dir": "${RECORDED_STATE_DIR}",
        "ledger": {"kind": "sqlite", "path": "${RECORDED_STATE_DIR}/ledger.sqlite"},
    }
    rest = _Writer(pseudonyms).section(account, "")
    if not account.maps.payment_terms.default:
        rest.pop("maps", None)  # a file with its connections alone has none
    text = yaml.safe_dump({**found, **rest}, sort_keys=False, allow_unicode=True, width=100)
    return f"{HEAD}\n{text}"


def _connections(account: Account, pseudonyms: Pseudonyms) -> dict[str, Any]:
    servicetrade, spectrum = account.servicetrade, account.spectrum
    of = {
        name: {
            key.partition(".")[2]: f"${{{variable}}}"
            for key, variable in CONNECTIONS.items()
            if key.startswith(f"{name}.")
        }
        for name in ("servicetrade", "spectrum")
    }
    of["servicetrade"] |= {
        "auth": servicetrade.auth,
        "external_system": servicetrade.external_system,
    }
    if servicetrade.account:
        of["servicetrade"]["account"] = pseudonyms.of(servicetrade.account)
    of["spectrum"] |= {
        "auth": spectrum.auth,
        "company_code": pseudonyms.of(spectrum.company_code),
    }
    found: dict[str, Any] = dict(of)
    if servicetrade.item_source_keys:
        keys = {**servicetrade.item_source_keys}
        found["servicetrade"] = {**of["servicetrade"], "item_source_keys": keys}
    if spectrum.infolink is not None:
        infolink: dict[str, Any] = {"url": "${RECORDED_INFOLINK_URL}"}
        if spectrum.infolink.columns:
            infolink["columns"] = {**spectrum.infolink.columns}
        found["spectrum"] = {**of["spectrum"], "infolink": infolink}
    return found


class _Writer:
    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms

    def section(self, section: BaseModel, path: str) -> dict[str, Any]:
        """What a section says that is no default."""
        found: dict[str, Any] = {}
        for name, field in type(section).model_fields.items():
            place = f"{path}{name}"
            value = getattr(section, name, None)
            if place in LEFT_OUT or value is None:
                continue
            if isinstance(value, BaseModel):
                if inner := self.section(value, f"{place}."):
                    found[name] = inner
            elif value != field.default or field.is_required():
                found[name] = self._value(value, place, shape_of(field.annotation)[0])
        return found

    def _value(self, value: Any, place: str, shape: Any) -> Any:
        if isinstance(value, Mapping):
            keeps_keys = place in KEYS_KEPT
            return {
                str(key) if keeps_keys else self._pseudonyms.of(str(key)): self._scalar(
                    inner, place
                )
                for key, inner in value.items()
            }
        is_listed = get_origin(shape) is Literal
        if isinstance(value, list | tuple):
            is_listed = any(
                get_origin(shape_of(inner)[0]) is Literal
                for inner in getattr(shape, "__args__", ())
                if inner is not Ellipsis
            )
            return [str(one) if is_listed else self._scalar(one, place) for one in value]
        return str(value) if is_listed else self._scalar(value, place)

    def _word(self, found: re.Match[str]) -> str:
        return found[0] if found[0].startswith("{") else self._pseudonyms.of(found[0])

    def _scalar(self, value: Any, place: str) -> Any:
        if isinstance(value, bool | int | float):
            return value
        text = str(value)
        if place in PATTERNS:
            return WORD_OR_FIELD.sub(self._word, text)
        if place in DATES:
            return str(self._pseudonyms.shifted(text))
        if place in MONTHS:
            middle = date.fromisoformat(f"{text}-15") + self._pseudonyms.shift + timedelta()
            return middle.isoformat()[:7]
        return text if place in KEPT or not text else self._pseudonyms.of(text)

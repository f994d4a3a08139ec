"""Compares invoices with AR documents, invoice by invoice and cent by cent, and in totals by
customer, GL account and month.

Like `masters`, it shares no code with the engine or the mapping. It knows the account's number
format only where that is the invoice number itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from tests.audit import Records

Row = Mapping[str, Any]
CENT = Decimal("0.01")
Id = tuple[str, str, str]
"""Number, type and customer, by which a document is unique."""
CLOSED = ("processed", "sent", "paid")


@dataclass
class InvoiceSide:
    """`waiting` is id -> number of approved invoices that are not posted; `problems` are plain
    sentences.
    """

    servicetrade: int = 0
    documents: int = 0
    matched: int = 0
    voided: int = 0
    waiting: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    posted: Decimal = Decimal(0)


def compare_invoices(tables: Records, account: Account) -> InvoiceSide:
    """Every invoice against the documents under its number; every document must belong to one
    invoice.
    """
    invoices = [
        row for row in tables.records("servicetrade", "invoice") if row.get("type") == "invoice"
    ]
    headers: dict[Id, Row] = {
        _id(row): row for row in tables.records("spectrum", "CR_INVOICE_HEADER_MC")
    }
    lines: dict[Id, list[Row]] = defaultdict(list)
    for row in tables.records("spectrum", "CR_INVOICE_DETAIL_MC"):
        lines[_id(row)].append(row)
    totals = {key: _document_total(header, lines[key]) for key, header in headers.items()}
    by_number: dict[str, list[Id]] = defaultdict(list)
    for key in headers:
        by_number[key[0]].append(key)
    side = InvoiceSide(documents=len(headers), posted=sum(totals.values(), Decimal(0)))
    owned: set[Id] = set()
    for invoice in invoices:
        own = [key for number in _numbers(invoice, account) for key in by_number[number]]
        owned.update(own)
        _judge(
            invoice, sum((totals[key] for key in own), Decimal(0)), [key[0] for key in own], side
        )
    side.problems += [
        f"document {key[0]} belongs to no invoice" for key in headers if key not in owned
    ]
    _totals_agree(tables, invoices, headers, lines, totals, account, side)
    _headers_agree(tables, invoices, headers, account, side)
    return side


def _judge(invoice: Row, net: Decimal, numbers: list[str], side: InvoiceSide) -> None:
    number, status, total = (
        invoice["invoiceNumber"],
        invoice["status"],
        _cents(invoice["totalPrice"]),
    )
    if status in CLOSED:
        side.servicetrade += 1
        if net != total:
            side.problems.append(
                f"invoice {number}: ServiceTrade says {total}, Spectrum holds {net} in {numbers}"
            )
        else:
            side.matched += 1
    elif status == "void":
        side.voided += 1
        if net != 0:
            side.problems.append(f"void {number}: Spectrum still holds {net} in {numbers}")
    elif status in ("pending_accounting", "failed"):
        side.servicetrade += 1
        side.waiting[str(invoice["id"])] = number
        if numbers:
            side.problems.append(
                f"invoice {number} is {status}, but stands in Spectrum as {numbers}"
            )
    elif numbers:
        side.problems.append(f"invoice {number} is {status}, but stands in Spectrum as {numbers}")


def _totals_agree(
    tables: Records,
    invoices: list[dict[str, Any]],
    headers: Mapping[Id, Row],
    lines: Mapping[Id, list[Row]],
    totals: Mapping[Id, Decimal],
    account: Account,
    side: InvoiceSide,
) -> None:
    system = account.servicetrade.external_system
    code_of = {
        row["id"]: dict(row.get("externalIds") or {}).get(system, "")
        for row in tables.records("servicetrade", "company")
    }
    names = {
        row["id"]: row["name"]
        for kind in ("location", "serviceline")
        for row in tables.records("servicetrade", kind)
    }
    posted = [invoice for invoice in invoices if invoice["status"] in CLOSED]
    live = {number for invoice in posted for number in _numbers(invoice, account)}
    zone = ZoneInfo(account.timezone)
    wanted_customer = _summed(
        (code_of[invoice["customerId"]], _cents(invoice["totalPrice"])) for invoice in posted
    )
    found_customer = _summed(
        (_key(header["Customer_Code"]), totals[key]) for key, header in headers.items()
    )
    _differences("customer", wanted_customer, found_customer, side)
    wanted_month = _summed(
        (_month(invoice["transactionDate"], zone), _cents(invoice["totalPrice"]))
        for invoice in posted
    )
    found_month = _summed(
        (str(header["Invoice_Date"])[:7], totals[key])
        for key, header in headers.items()
        if key[0] in live
    )
    _differences("month", wanted_month, found_month, side)
    wanted_gl = _summed(
        (_gl_account(item, invoice, names, account), _cents(item["subtotal"]))
        for invoice in posted
        for item in invoice["items"]
    )
    found_gl = _summed(
        (_key(line["GL_Account"]), _sign(headers[key]) * _cents(line["Line_Extension"]))
        for key in headers
        for line in lines[key]
    )
    _differences("GL account", wanted_gl, found_gl, side)


def _headers_agree(
    tables: Records,
    invoices: list[dict[str, Any]],
    headers: Mapping[Id, Row],
    account: Account,
    side: InvoiceSide,
) -> None:
    """Customer, job, terms and tax of what was posted for an invoice, each as ServiceTrade and the
    account file have it.
    """
    by_id = {
        kind: {row["id"]: row for row in tables.records("servicetrade", kind)}
        for kind in ("company", "job", "location", "paymentterms", "taxgroup")
    }
    by_kind: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for (number, kind, _), header in headers.items():
        by_kind[number, kind].append(header)
    for invoice in invoices:
        base, credit, *_ = _numbers(invoice, account)
        own = [
            header for key in ((base, "I"), (base, "C"), (credit, "C")) for header in by_kind[key]
        ]
        if invoice["status"] not in CLOSED or not own:
            continue
        tax = sum(
            (_sign(header) * _cents(header["Sales_Tax_Amount"]) for header in own), Decimal(0)
        )
        wanted = _wanted_header(invoice, by_id, account)
        pairs = [
            (field, value, _key(header[field])) for header in own for field, value in wanted.items()
        ]
        pairs.append(("Sales_Tax_Amount", str(_cents(invoice["taxAmount"])), str(tax)))
        side.problems += [
            f"invoice {invoice['invoiceNumber']}: {field} should be {value!r} and is {found!r}"
            for field, value, found in pairs
            if value != found
        ]


def _wanted_header(
    invoice: Row, by_id: Mapping[str, Mapping[int, Row]], account: Account
) -> dict[str, str]:
    system, maps = account.servicetrade.external_system, account.maps
    job, terms = (
        by_id["job"].get(invoice["jobId"]),
        by_id["paymentterms"].get(invoice["paymentTermsId"]),
    )
    by_name = {name.casefold(): code for name, code in maps.payment_terms.by_name.items()}
    wanted = {
        "Customer_Code": dict(by_id["company"][invoice["customerId"]].get("externalIds") or {}).get(
            system, ""
        ),
        "Job_Number": dict((job or {}).get("externalIds") or {}).get(system, "").split("|")[0],
        "Terms_Code": by_name.get(
            terms["name"].casefold() if terms else "", maps.payment_terms.default
        ),
    }
    if account.invoices.terms_from == "spectrum":
        del wanted["Terms_Code"]
    taxed = {
        by_id["taxgroup"][item["taxGroupId"]]["code"]
        for item in invoice["items"]
        if item.get("taxAmount")
    }
    is_by_maps = account.invoices.tax_from == "account" and not maps.sales_tax.fixed
    if len(taxed) == 1 and is_by_maps:
        address = dict(by_id["location"][invoice["locationId"]].get("address") or {})
        by_state = maps.sales_tax.by_state.get(address.get("state", ""), maps.sales_tax.default)
        wanted["Sales_Tax_Code"] = maps.sales_tax.by_tax_group.get(taxed.pop(), by_state)
    return wanted


def _gl_account(item: Row, invoice: Row, names: Mapping[int, str], account: Account) -> str:
    centers, center = account.maps.cost_centers, ""
    for source in centers.precedence:
        by_name, record = (
            (centers.by_office, invoice.get("assignedOfficeId"))
            if source == "office"
            else (centers.by_service_line, item.get("serviceLineId"))
        )
        center = by_name.get(names.get(record or 0, ""), "")
        if center:
            break
    return account.invoices.gl.by_cost_center.get(
        center or centers.default, account.invoices.gl.default
    )


def _differences(
    noun: str, wanted: Mapping[str, Decimal], found: Mapping[str, Decimal], side: InvoiceSide
) -> None:
    for key in sorted(wanted.keys() | found.keys()):
        if wanted.get(key, Decimal(0)) != found.get(key, Decimal(0)):
            side.problems.append(
                f"{noun} {key}: ServiceTrade {wanted.get(key, 0)}, Spectrum {found.get(key, 0)}"
            )


def _summed(pairs: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for key, amount in pairs:
        sums[key] += amount
    return dict(sums)


def _numbers(invoice: Row, account: Account) -> list[str]:
    rule = account.invoices.number
    base = str(invoice["invoiceNumber"]).strip().upper()
    return [
        base,
        base + rule.credit_suffix,
        base + rule.void_suffix,
        base + rule.void_credit_suffix,
    ]


def _document_total(header: Row, lines: list[Row]) -> Decimal:
    amount = sum((_cents(line["Line_Extension"]) for line in lines), Decimal(0)) + _cents(
        header["Sales_Tax_Amount"]
    )
    return _sign(header) * amount


def _sign(header: Row) -> int:
    return -1 if _key(header["Transaction_Type"]) == "C" else 1


def _month(epoch: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(epoch, UTC).astimezone(zone):%Y-%m}"


def _cents(value: Any) -> Decimal:
    return Decimal(str(value).strip() or "0").quantize(CENT, ROUND_HALF_UP)


def _id(row: Row) -> Id:
    return (
        _key(row["Invoice_Or_Transaction"]),
        _key(row["Transaction_Type"]),
        _key(row["Customer_Code"]),
    )


def _key(value: Any) -> str:
    return str(value if value is not None else "").strip()

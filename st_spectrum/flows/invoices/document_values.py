"""What is compared of an AR document, as it was sent or is asked for and as it stands. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from st_spectrum.domain.ar_documents import ArDocument, with_sign_of_sending
from st_spectrum.domain.differences import Difference
from st_spectrum.domain.digests import digest

AMOUNTS_OF_LINES = "amounts of lines"
SUMS_OF_LINES = frozenset({"amount before tax", "GL accounts", "shares of accounts"})
LINES_NAMED = 12
"""So many lines of a document are told by their amounts; of more it is told that they differ."""

Row = Mapping[str, str]


def document_values(document: ArDocument) -> dict[str, str]:
    """What is compared of a document; what is blank Spectrum fills by itself."""
    header = document.header
    sent = {name: header[name] for name in ("Terms_Code", "Sales_Tax_Code") if header.get(name)}
    lines = [
        (
            line.get("GL_Account", ""),
            line.get("Income_Cost_Center", ""),
            Decimal(line["Line_Extension"]),
        )
        for line in document.details
    ]
    return {
        "Customer_Code": header["Customer_Code"],
        "Job_Number": header.get("Job_Number", ""),
        "Invoice_Date": datetime.strptime(header["Invoice_Date"], "%m/%d/%Y").date().isoformat(),  # noqa: DTZ007
        "Sales_Tax_Amount": f"{-document.tax if document.is_credit else document.tax:.2f}",
        **sent,
        **_line_values(lines),
    }


def amounts_of(header: Row, lines: Sequence[Row]) -> tuple[list[Decimal], Decimal]:
    """What the lines bill, and the tax, with the sign that they were sent with."""
    amounts = [Decimal(line["Line_Extension"] or "0") for line in lines]
    tax = Decimal(header["Sales_Tax_Amount"] or "0")
    billed = sum(amounts, Decimal(0))
    is_turned = with_sign_of_sending(header["Transaction_Type"], billed, tax) != (billed, tax)
    return ([-amount for amount in amounts], -tax) if is_turned else (amounts, tax)


def stored_values(header: Row, lines: Sequence[Row], has_centers: bool) -> dict[str, str]:
    """The same of a document as it stands, but for columns that are not seen; cost centers only
    where some were sent.
    """
    amounts, tax = amounts_of(header, lines)
    cells = [
        (line["GL_Account"], line["Cost_Center"] if has_centers else "", amount)
        for line, amount in zip(lines, amounts, strict=True)
    ]
    return {
        "Customer_Code": header["Customer_Code"],
        **{
            name: header[name]
            for name in ("Job_Number", "Terms_Code", "Sales_Tax_Code")
            if name in header
        },
        **({"Invoice_Date": header["Invoice_Date"][:10]} if "Invoice_Date" in header else {}),
        "Sales_Tax_Amount": f"{tax:.2f}",
        **_line_values(cells),
    }


def _line_values(lines: Iterable[tuple[str, str, Decimal]]) -> dict[str, str]:
    """The sum before tax, and the share of each account in it: another account is told from another
    amount. And each line for itself, in whatever order.
    """
    sums: dict[str, Decimal] = defaultdict(Decimal)
    amounts: list[tuple[str, Decimal]] = []
    for account, center, amount in lines:
        amounts.append((f"{account}/{center}".rstrip("/"), amount))
        sums[amounts[-1][0]] += amounts[-1][1]
    total = sum(sums.values(), Decimal(0))
    return {
        "amount before tax": f"{total:.2f}",
        "GL accounts": ", ".join(sorted(sums)),
        AMOUNTS_OF_LINES: _listed(amounts),
    } | ({"shares of accounts": _shares(sums)} if len(sums) > 1 else {})


def _listed(lines: Sequence[tuple[str, Decimal]]) -> str:
    parts = [f"{account} {amount:.2f}" for account, amount in sorted(lines)]
    if len(parts) <= LINES_NAMED:
        return ", ".join(parts)
    more = f"and {len(parts) - LINES_NAMED} more ({digest(parts)})"
    return f"{', '.join(parts[:LINES_NAMED])} {more}"


def without_what_is_told(differences: Iterable[Difference]) -> Iterator[Difference]:
    """The amounts of lines are told where the sums of the document and of its accounts are equal:
    else these say so already.
    """
    found = list(differences)
    with_other_sums = {one.target_key for one in found if one.field in SUMS_OF_LINES}
    for one in found:
        if one.field != AMOUNTS_OF_LINES or one.target_key not in with_other_sums:
            yield one


def _shares(sums: Mapping[str, Decimal]) -> str:
    return ", ".join(f"{account} {sums[account]:.2f}" for account in sorted(sums))

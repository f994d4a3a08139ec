"""Packing lists: what came of orders that are received in two steps, before the vendor's invoice
moves their lines [SP 15.3].

Nothing public names the columns: those of the line that it receives, and `Quantity`, are assumed.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, String, func, select, type_coerce

from st_spectrum.domain.errors import AccessDenied, ContractBroken
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.infolink.tables import described, of_company, trimmed
from st_spectrum.spectrum.infolink.values import Cells, text_of

NUMBERS_AT_ONCE = 400
"""Orders per statement."""

CELLS = Cells("infolink.packing_lists")
PACKED = described("PO_PACK_LIST_DETAIL_MC", "Company_Code PO_Number Line_Number", "Quantity")

Packed = Mapping[str, Mapping[int, Decimal]]
"""What came by packing lists, by order and line."""


def packed_of(company_code: str, numbers: Sequence[str]) -> Select[Any]:
    """The sum of each line of these orders."""
    number, line = trimmed(PACKED.c.PO_Number), trimmed(PACKED.c.Line_Number)
    total = func.sum(type_coerce(PACKED.c.Quantity, String)).label("quantity")
    statement = select(number.label("number"), line.label("line"), total)
    wanted = of_company(PACKED, company_code), number.in_(numbers)
    return statement.where(*wanted).group_by(number, line)


def read(reader: InfoLinkReader, numbers: Iterable[str]) -> Packed:
    """Empty where the table, a column of it or the right to read it is missing: then the lines
    alone tell what came.
    """
    wanted = sorted({number.strip() for number in numbers} - {""})
    found: dict[str, dict[int, Decimal]] = {}
    try:
        for start in range(0, len(wanted), NUMBERS_AT_ONCE):
            part = wanted[start : start + NUMBERS_AT_ONCE]
            for row in reader.raw("packing_lists", packed_of(reader.company_code, part)):
                line = text_of(row["line"])
                if line.isascii() and line.isdigit():
                    quantity = CELLS.number_of("Quantity", row["quantity"])
                    found.setdefault(text_of(row["number"]), {})[int(line)] = quantity
    except (AccessDenied, ContractBroken):
        return {}
    return found

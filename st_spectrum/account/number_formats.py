"""What a job's and an invoice's number may be made of in the account file. Pure."""

import re
from string import Formatter, ascii_uppercase, digits
from typing import Annotated

from pydantic import AfterValidator

JOB_NUMBER_FIELDS = frozenset({"number", "cost_center", "office"})
"""What `jobs.number_format` may name."""

INVOICE_NUMBER_FIELDS = frozenset({"invoice_number", "id", "job"})
"""What `invoices.number.format` may name."""

INVOICE_NUMBER_CHARACTERS = frozenset(ascii_uppercase + digits + "-")
"""What an AR invoice number consists of."""

LONGEST_FORMAT = 200
WIDE = re.compile(r"[1-9]\d{2}|\{")
"""A width or precision of three digits, or one that comes from a field: no useful bound."""


def _number_format(text: str) -> str:
    names = _fields_of(text, JOB_NUMBER_FIELDS, "{number}, {cost_center} and {office}")
    if "number" not in names:
        raise ValueError("needs {number}, or two jobs would share a number")
    _bounded(text)
    return _tried(text, number=10482, cost_center="100", office="NOR")


def _invoice_number_format(text: str) -> str:
    names = _fields_of(text, INVOICE_NUMBER_FIELDS, "{invoice_number}, {id} and {job}")
    if not names & {"invoice_number", "id"}:
        raise ValueError(
            "needs {invoice_number} or {id}, or two invoices of a job would share a number"
        )
    _keeps_invoices_apart(text)
    _bounded(text)
    return text


def _keeps_invoices_apart(text: str) -> None:
    """A number that two invoices share would let the second pass for posted, so only forms that
    cannot do so are allowed.
    """
    before = ""
    for literal, name, spec, conversion in Formatter().parse(text):
        if set(literal) - INVOICE_NUMBER_CHARACTERS:
            raise ValueError(
                "may hold capital letters, digits and - beside its fields, and nothing else"
            )
        if name is None:
            break
        if conversion or (
            spec and not (name == "id" and spec[0] == "0" and spec.isascii() and spec.isdigit())
        ):
            raise ValueError(
                f"must take {{{name}}} as it is; only {{id}} may be filled up with zeros, as in"
                " {id:08}"
            )
        if before and not set(literal) - set(digits):
            raise ValueError(
                f"needs - between {{{before}}} and {{{name}}}, or two invoices could share a number"
            )
        before = name


def _fields_of(text: str, known: frozenset[str], listed: str) -> set[str]:
    try:
        names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise ValueError(f"cannot be used as a format: {error}") from None
    if unknown := names - known:
        unknown_names = ", ".join(sorted(name or "{}" for name in unknown))
        raise ValueError(f"may name {listed}, not {unknown_names}")
    return names


def _bounded(text: str) -> None:
    """Judged before anything is made of it: one field can ask for a billion characters."""
    if len(text) > LONGEST_FORMAT or any(
        WIDE.search(spec or "") for _, _, spec, _ in Formatter().parse(text)
    ):
        raise ValueError(
            "makes texts longer than any number; a field may be filled up to 99 characters, no more"
        )


def _tried(text: str, **sample: object) -> str:
    try:
        text.format(**sample)
    except (ValueError, KeyError, IndexError, TypeError, OverflowError, MemoryError) as error:
        raise ValueError(f"cannot be used as a format: {error}") from None
    return text


NumberFormat = Annotated[str, AfterValidator(_number_format)]
InvoiceNumberFormat = Annotated[str, AfterValidator(_invoice_number_format)]

"""The equation and the control totals of a payroll week, in hours. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from st_spectrum.domain.equation import (
    ControlTotal,
    Equation,
    MoneyOfRecord,
    control_totals,
    summed,
)
from st_spectrum.flows.timecards.cards_compared import (
    CardCodes,
    CardRows,
    TimePiece,
    codes_of,
    codes_of_row,
)

NO_CARD = CardRows()

Part = tuple[str, str, Decimal]
"""Dimension, code and hours."""


def equation_of(end: date, pieces: Sequence[TimePiece], stored: Mapping[str, CardRows]) -> Equation:
    """Every piece of time in one line, with what of it stands in Spectrum now."""
    records = tuple(
        MoneyOfRecord(
            piece.key,
            piece.title,
            piece.hours,
            (card := _card_of(piece, stored)).posted,
            card.unposted,
            piece.line,
            piece.reason,
            piece.card.sent_at if piece.card else None,
        )
        for piece in pieces
    )
    return Equation(end.isoformat(), records, f"Hours of the payroll week to {end:%m/%d/%Y}")


def totals_of(
    end: date, pieces: Sequence[TimePiece], stored: Mapping[str, CardRows]
) -> tuple[ControlTotal, ...]:
    """By employee, pay type, job and department, of what was confirmed; "" is time without a
    job. What a person has set right, or has said to be paid so, is right as it stands.
    """
    wanted: list[Part] = []
    found: list[Part] = []
    for piece in pieces:
        if piece.card is None:
            continue
        sent = codes_of(piece.card)
        stands = [
            part
            for row in _card_of(piece, stored).paying
            for part in _parts(codes_of_row(row, sent), row.hours)
        ]
        found += stands
        if piece.is_settled or piece.is_moved:
            wanted += stands
        elif piece.codes is not None:
            wanted += _parts(piece.codes, piece.hours)
    return control_totals(end.isoformat(), summed(wanted), summed(found))


def _card_of(piece: TimePiece, stored: Mapping[str, CardRows]) -> CardRows:
    return NO_CARD if piece.card is None else stored.get(piece.token, NO_CARD)


def _parts(codes: CardCodes, hours: Decimal) -> Iterator[Part]:
    yield "employee", codes.employee.upper(), hours
    yield "pay type", codes.pay_type.upper(), hours
    yield "job", codes.job.upper(), hours
    yield "department", codes.department.upper(), hours

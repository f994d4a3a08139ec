"""What the cells of Info-Link's tables say, whatever type the database gives them [SP 16]. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from st_spectrum.domain.errors import ContractBroken


def text_of(value: object) -> str:
    """Without the blanks that fill a column's width; "" for NULL."""
    return "" if value is None else str(value).strip()


@dataclass(frozen=True)
class Cells:
    """Dates and numbers of one kind of rows; `operation` is the read that a fault names."""

    operation: str

    def date_of(self, name: str, value: object) -> date | None:
        """None for an empty cell. Raises `ContractBroken` for what is no date."""
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = text_of(value)
        try:
            return date.fromisoformat(text[:10]) if text else None
        except ValueError:
            raise self.broken(f"{name} {text!r} is not a date") from None

    def number_of(self, name: str, value: object) -> Decimal:
        """0 for an empty cell. Raises `ContractBroken` for what is no finite number."""
        text = text_of(value)
        try:
            number = Decimal(text) if text else Decimal(0)
        except InvalidOperation:
            raise self.broken(f"{name} {text!r} is not a number") from None
        if not number.is_finite():
            raise self.broken(f"{name} {text!r} is not a number")
        return number

    def broken(self, text: str) -> ContractBroken:
        """A row that does not say what we rely on."""
        return ContractBroken(f"Info-Link: {text}", system="spectrum", operation=self.operation)

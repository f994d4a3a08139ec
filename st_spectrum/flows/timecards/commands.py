"""What the timecards flow writes to Spectrum."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from st_spectrum.domain.commands import Command, System
from st_spectrum.spectrum.request_fields import spectrum_date
from st_spectrum.spectrum.timecards import StoredTimeCard

TABLES = "timecards"
"""Under which name the newest card is kept that payroll has confirmed."""


@dataclass(frozen=True)
class AddPreTimeCard(Command):
    """A pre-time card by SOAP, alone [SP 13.1]. Spectrum gives it no key and stores a repeated one
    twice [SP 5].

    `token` stands in its message. `card` has its fields by the names of the service's layout, the
    token and blank ones too.
    """

    operation = "PreTimeCard"
    system = System.SPECTRUM
    is_stored_twice = True
    tables = TABLES

    token: str
    card: Mapping[str, str]

    @property
    def key(self) -> str:
        """The token."""
        return self.token

    @property
    def fields(self) -> Mapping[str, str]:
        """The card."""
        return self.card


class PostPreTimeCard(AddPreTimeCard):
    """The same by REST, together with others; `card` has the names of that batch [SP 13.3]."""

    operation = "POST /timecard/timecards"


@dataclass(frozen=True)
class TakeOverPreTimeCard(Command):
    """A card that stands in payroll although the ledger knows no sending of it: it is noted as it
    stands and never sent.

    `differs` is what of its codes is not as it would be sent now; "" when nothing is, or nobody can
    say.
    """

    operation = "pre-time card found"
    system = System.SPECTRUM

    card: StoredTimeCard
    differs: str

    @classmethod
    def of(cls, card: StoredTimeCard, differs: str) -> "TakeOverPreTimeCard":
        """What counts of a card: not where it stands, and its hours to the hundredth, as one that
        was sent."""
        hours = Decimal(f"{card.hours:.2f}")
        return cls(replace(card, hours=hours, table="", copies=1, unseen=frozenset()), differs)

    @property
    def key(self) -> str:
        """The card's token."""
        return self.card.token

    @property
    def fields(self) -> Mapping[str, str]:
        """The card, and what differs of it."""
        return {"differs": self.differs, **self.as_if_sent()}

    def as_if_sent(self) -> Mapping[str, str]:
        """The card's own values by the names of the service's layout."""
        card = self.card
        return {
            "Batch_Code": card.batch_code,
            "Employee_Code": card.employee_code,
            "Department_Code": card.department_code,
            "Pay_Type": card.pay_type,
            "Hours_Employee": f"{card.hours:.2f}",
            "Job_Number": card.job_number,
            "Phase_Code": card.phase_code,
            "Cost_Type": card.cost_type,
            "Work_Date": spectrum_date(card.work_date) if card.work_date else "",
            "Message": card.token,
            "Cost_Center": card.cost_center,
        }

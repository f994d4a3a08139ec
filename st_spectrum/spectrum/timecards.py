"""Pre-time cards: the REST batch with its answer, and what Payroll's tables hold of a card
[SP 13, 16].

Pure: nothing here opens a connection. Spectrum gives a card no key and stores a repeated one twice
[SP 5], so a card is known by its `Message`, which must hold one token and nothing else.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from st_spectrum.domain.errors import Problem
from st_spectrum.spectrum.request_fields import field_problems
from st_spectrum.spectrum.rest.batch_answers import BatchAnswer, Posting
from st_spectrum.spectrum.services import SERVICES, Field, Kind

PATH = "/timecard/timecards"
OPERATION = f"POST {PATH}"
MESSAGE = "message"
COMPANY = "companyCode"
ANSWERS = "timecards"

REST_NAMES: Mapping[str, str] = {
    "Company_Code": COMPANY,
    "Batch_Code": "batchCode",
    "Employee_Code": "employeeCode",
    "Department_Code": "departmentCode",
    "Pay_Type": "payType",
    "Hours_Employee": "hours",
    "Job_Number": "jobNumber",
    "Phase_Code": "phaseCode",
    "Cost_Type": "costType",
    "Work_Date": "dayOfMonth",
    "Message": MESSAGE,
    "Pay_Rate_Code": "payRateCode",
    "Wage_Code": "wageCode",
    "Union_Code": "unionCode",
    "Worker_Comp_Code": "workerCompCode",
    "State": "state",
    "Work_County": "workCounty",
    "Work_Locality": "workLocality",
    "Equipment_Code": "equipmentCode",
    "Equipment_Hours": "equipmentHours",
    "Additional_JTD_Quantity": "additionalJTDQuantity",
    "Inter_Company_Code": "interCompanyCode",
    "Pay_Rate": "payRate",
    "Cost_Category_Code": "costCategoryCode",
    "Crew_Number": "crewNumber",
    "WO_Number": "woNumber",
    "WO_Equipment": "woEquipment",
    "WO_Component": "woComponent",
    "SC_Contract": "scContract",
    "PM_Work_Order": "pmWorkOrder",
    "Cost_Center": "costCenter",
}
"""What each element of SOAP PreTimeCard is called in the REST batch, in its order [SP 13.3]."""

CHECK_SEQUENCE = Field("checkSequenceNumber", Kind.NUMBER, 1, values="1 2 3 4 5 6 7 8 9")
"""The one field that SOAP does not have; it stands behind the employee [SP 13.3]."""

_LENGTHS = {"costType": 1}
"""Where the REST page prints another length than the SOAP page [SP 13.3]."""

SETUP_FIELDS = frozenset({COMPANY})
"""A refusal of one of these is never a card's fault; assumed, as for the SOAP services."""

ACTIVE, NOT_ACTIVE = "A", "I"
"""Types of an employee's status; that active people are of type A is assumed [SP 14]."""

HISTORY = "PR_TIME_CARD_HISTORY_MC"
"""The table that a card reaches once its payroll is posted [SP 16.4]."""

TOKEN = re.compile(r"ST[0-9A-F]{16}")
"""What a token of ours looks like; a message that somebody else enters does not."""

ANSWER = BatchAnswer(OPERATION, ANSWERS, MESSAGE, "time card", SETUP_FIELDS, article="the")


def _rest_fields() -> Iterator[Field]:
    for field in SERVICES["PreTimeCard"].fields:
        name = REST_NAMES[field.name]
        yield replace(field, name=name, length=_LENGTHS.get(name, field.length))
        if name == "employeeCode":
            yield CHECK_SEQUENCE


REST_FIELDS: tuple[Field, ...] = tuple(_rest_fields())
"""One record of the batch, in the order of the page [SP 13.3]."""


Days = tuple[date, date]
"""The first and the last day of a span."""


@dataclass(frozen=True, slots=True)
class OurTokens:
    """Tokens of ours that Payroll holds, each with the work day of its card, None where that is not
    known.
    """

    days: Mapping[str, date | None]

    def __contains__(self, token: str) -> bool:
        return token in self.days

    def without(self, tokens: Collection[str]) -> "OurTokens":
        """What is left of them."""
        return OurTokens({t: day for t, day in self.days.items() if t not in tokens})


@dataclass(frozen=True, slots=True)
class StoredTimeCard:
    """A card as Payroll holds it. Codes and texts are trimmed and "" when blank; `table` is where
    it stands now.

    `copies` is how many rows of its table bear the token: of two equal ones wages would be paid
    twice, but payroll itself splits a card, and takes one back with a minus. So `beside` are the
    hours of the others, with their sign. `unseen` names the columns that its table does not show.
    """

    token: str
    table: str
    batch_code: str
    employee_code: str
    department_code: str
    work_date: date | None
    pay_type: str
    hours: Decimal
    job_number: str
    phase_code: str
    cost_type: str
    cost_center: str
    copies: int = 1
    unseen: frozenset[str] = frozenset()
    beside: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """What payroll would pay by all of its rows."""
        return self.hours + self.beside

    @property
    def hours_once(self) -> Decimal:
        """What one card pays: of copies that are all alike one counts, of other rows their sum."""
        is_copied = self.beside == self.hours * (self.copies - 1)
        return self.hours if is_copied else self.total


@dataclass(frozen=True)
class PayrollEmployee:
    """An employee as GetEmployee tells it [SP 14].

    `status` is a code that each company defines, `status_type` what stands behind it, "" where
    nobody can tell.
    """

    code: str
    name: str
    status: str
    department_code: str
    status_type: str = ""

    @property
    def is_active(self) -> bool:
        """Whether time may be booked for this person. Without a type, that code A means active is
        assumed [SP 14].
        """
        return (self.status_type or self.status) == ACTIVE


def check(card: Mapping[str, str], company_code: str) -> tuple[Problem, ...]:
    """All that Spectrum could not take of one record under its REST names, and a missing token."""
    problems = list(_problems(card))
    if not card.get(MESSAGE, "").strip():
        problems.append(Problem("M", "is needed to find the card again", MESSAGE))
    if (given := card.get(COMPANY, "").strip()) not in ("", company_code):
        problems.append(Problem("I", f"is company {given}, this is {company_code}", COMPANY))
    return tuple(problems)


def _problems(card: Mapping[str, str]) -> Iterator[Problem]:
    for name in sorted(set(card) - {field.name for field in REST_FIELDS}):
        yield Problem("I", "there is no such field", name)
    for field in REST_FIELDS:
        yield from field_problems(field, card.get(field.name, ""))


def build_body(
    cards: Sequence[Mapping[str, str]], company_code: str, authorization_id: str = ""
) -> list[dict[str, str | Decimal]]:
    """The message: every field in its order, numbers as `Decimal`, the rest as text, blank where
    nothing is given.

    `authorization_id` is for installations where the login header is taken by a token; that it then
    goes into each record, and its spelling, is assumed [SP 1.4].
    """
    login = {"authorizationID": authorization_id} if authorization_id else {}
    return [
        {**login, **{field.name: _value(field, card, company_code) for field in REST_FIELDS}}
        for card in cards
    ]


def _value(field: Field, card: Mapping[str, str], company_code: str) -> str | Decimal:
    text = card.get(field.name, "")
    if not text.strip():
        return company_code if field.name == COMPANY else ""
    return Decimal(text) if field.kind is Kind.NUMBER else text


def repeated(cards: Sequence[Mapping[str, str]]) -> frozenset[int]:
    """Positions of cards whose token stands on an earlier one already."""
    tokens = [card.get(MESSAGE, "").strip() for card in cards]
    return frozenset(
        place for place, token in enumerate(tokens) if token and token in tokens[:place]
    )


def read_answer(
    body: bytes, cards: Sequence[Mapping[str, str]], secrets: Iterable[str] = ()
) -> tuple[Posting, ...]:
    """What became of each of `cards`, in their order, whatever the order of the answer. Its shape
    is assumed [SP 4.7]:

        {"timecards": [{"message": "7K2QXW", "status": "S"},
                       {"message": "9F1MZB", "status": "E", "errors": [
                           {"error_code": "I", "desc": "...", "column": "payType"}]}]}

    The documented words in another shape are an `UnsureRefusal` of the card that they stand with.
    A card that is missing, stands there twice, or is spoken of in a way that cannot be read is
    `OutcomeUnknown` for itself.
    Raises `OutcomeUnknown` when nothing can be read, and `AccessDenied` when every card was
    refused, and one for its company.
    """
    return ANSWER.read(body, [card.get(MESSAGE, "").strip() for card in cards], secrets)

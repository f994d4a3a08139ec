"""Ten troubles of a contractor's month, each as it happens, as somebody puts it right in
ServiceTrade or Spectrum, and as a clerk goes on from the mail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.spectrum.tables import GL_ACCOUNTS, TAX_CLASSES
from st_spectrum.sandbox.timekeeping import TimeSizes, keep_time
from st_spectrum.sandbox.world import World
from tests.desk.desk import Desk
from tests.world.contractor import build_contractor
from tests.world.timekeeper import SUNDAY, Timekeeper

SMALL = World(
    offices=1, service_lines=2, technicians=2, salespeople=0, companies=1, vendors=0, linked_companies=0,
    locations=1, jobs=2, template_phases=1, old_customers=0,
)  # fmt: skip
CODE, TAKEN = "PA", "77001"


@dataclass
class Trouble:
    """One of them. `key` is the record that has to cross; `act` is what the clerk does in
    Dagster.
    """

    title: str
    clerk: str
    subject: str
    corrected: str
    flow: str
    happen: Callable[[Timekeeper], str]
    correct: Callable[[Desk, Timekeeper, str], None]
    act: Callable[[Desk, Timekeeper, str], None] = lambda _desk, _office, _key: None
    is_told: bool = True


def bill(office: Timekeeper, price: float) -> str:
    """An approved invoice of the first job."""
    target = office.contractor.built.billed[0].target
    return office.contractor.billing_clerk.approved({"price": price}, **target)


def try_again(desk: Desk, office: Timekeeper, key: str) -> None:
    desk.follow("try again at once")
    desk.fill(who="Ann Clerk")
    desk.launch()


def nothing_more(desk: Desk, office: Timekeeper, key: str) -> None:
    """What stood in the way is gone by itself."""


def class_set_up(desk: Desk, office: Timekeeper, key: str) -> None:
    desk.open_screen()
    desk.correct("Enter the code", kind="tax class", code=CODE)


def refused_tax_class(office: Timekeeper) -> str:
    contractor = office.contractor
    contractor.controller.delete(TAX_CLASSES, Tax_Class_Code=CODE)
    company = contractor.dispatcher.company("Keystone Foods", addressState=CODE)
    return str(
        contractor.dispatcher.job(contractor.dispatcher.location(company, addressState=CODE))
    )


def account_not_active(office: Timekeeper) -> str:
    for code in ("4010", "4100"):
        office.contractor.controller.change(GL_ACCOUNTS, code, Status="I")
    return bill(office, 310)


def account_active_again(desk: Desk, office: Timekeeper, key: str) -> None:
    desk.open_screen()
    for code in ("4010", "4100"):
        desk.correct("Save the account", account=code)


def inactive_customer(office: Timekeeper) -> str:
    company = office.contractor.dispatcher.company("Pier Foods", status="inactive")
    return str(office.contractor.dispatcher.location(company, "Pier 4"))


def company_active(desk: Desk, office: Timekeeper, key: str) -> None:
    desk.open_record("Pier Foods")
    desk.correct("Save the status", status="active")


def locked_job(office: Timekeeper) -> str:
    contractor = office.contractor
    contractor.fault(system="spectrum", operation="AddJob", kind="locked")
    location = contractor.dispatcher.location(contractor.dispatcher.company("Dock Foods"))
    return str(contractor.dispatcher.job(location))


def closed_period(office: Timekeeper) -> str:
    office.contractor.controller.close_period()
    return bill(office, 420)


def period_open(desk: Desk, office: Timekeeper, key: str) -> None:
    """The page proposes this year."""
    desk.open_screen()
    desk.correct("Save the AR period")


def one_number_on_two_jobs(office: Timekeeper) -> str:
    contractor = office.contractor
    contractor.controller.add_job(TAKEN)
    location = contractor.dispatcher.location(contractor.dispatcher.company("Twin Foods"))
    first, second = contractor.dispatcher.job(location), contractor.dispatcher.job(location)
    for job in (first, second):
        contractor.control.edit("job", job, externalIds={EXTERNAL_SYSTEM: TAKEN})
    return str(second)


def number_taken_off(desk: Desk, office: Timekeeper, key: str) -> None:
    desk.open_record(office.contractor.entry_of("jobs", key).title)
    desk.correct("Save the external id", code="")


def one_code_on_two_technicians(office: Timekeeper) -> str:
    code = office.kept.technicians[0].employee_code
    bob = office.contractor.dispatcher.technician("Bob", "B0B")
    office.contractor.control.edit("user", bob, externalIds={EXTERNAL_SYSTEM: code})
    office.set_status("approved")
    return office.keys(0)[0]


def code_of_bob_corrected(desk: Desk, office: Timekeeper, key: str) -> None:
    users = office.contractor.control.records("servicetrade", "user")
    (bob,) = [row["id"] for row in users if row["username"] == "Bob@example.com"]
    desk.open_screen()
    desk.correct("Save the technician's code", id=str(bob))


def lost_answer(office: Timekeeper) -> str:
    office.contractor.fault(system="spectrum", operation="AddCustomer", kind="drop_answer")
    return str(office.contractor.dispatcher.company("Lost Foods"))


def changed_time(office: Timekeeper) -> str:
    """Somebody corrects hours after their card went out."""
    office.set_status("approved", 1)
    office.contractor.round()
    key = next(key for key in office.keys(1) if ".timecard." in key)
    row_id = int(key.rpartition(".")[2])
    for card in office.contractor.control.records("servicetrade", "timecard"):
        if any(row["id"] == row_id for row in card["dayLogs"]):
            office.contractor.control.edit("timecard", card["id"], dayLogs=_longer(card, row_id))
    return key


def _longer(card: dict[str, Any], row_id: int) -> list[dict[str, Any]]:
    return [
        row | {"quantity": row["quantity"] + 1, "duration": row["duration"] + 3600}
        if row["id"] == row_id
        else row
        for row in card["dayLogs"]
    ]


def hours_corrected(desk: Desk, office: Timekeeper, key: str) -> None:
    cards = office.contractor.control.records("spectrum", "PR_PRE_TC_IMPORT_ERR_MC")
    (card,) = [row for row in cards if str(row["Message"]).strip() == token_of(key)]
    desk.open_screen()
    more = f"{float(str(card['Hours'])) + 1:g}"
    desk.correct("Save the hours", piece=str(card["Record_Number"]).strip(), hours=more)


def card_was_corrected(desk: Desk, office: Timekeeper, key: str) -> None:
    desk.follow("say what you found")
    desk.fill(who="Pat Payroll", is_there="true")
    desk.launch()


def reversed_by_hand(office: Timekeeper) -> str:
    key = bill(office, 530)
    office.contractor.round()
    number = office.contractor.entry_of("invoices", key).target_key
    office.contractor.controller.reverse(number)
    office.contractor.night("invoices")
    return key


def voided_there_too(desk: Desk, office: Timekeeper, key: str) -> None:
    desk.open_record(office.contractor.billing_clerk.number(key))
    desk.correct("Void the invoice")


def typed_by_hand(office: Timekeeper) -> str:
    office.contractor.fault(system="spectrum", operation="POST /customer/invoice", kind="locked")
    key = bill(office, 420)
    office.contractor.round()
    office.contractor.controller.add_document(office.contractor.billing_clerk.number(key), "420.00")
    return key


def made_by_hand(desk: Desk, office: Timekeeper, key: str) -> None:
    desk.follow("made by hand already")
    desk.fill(
        who="Ann Clerk",
        note="typed at the screen",
        spectrum_key=f"'{office.contractor.billing_clerk.number(key)}'",
    )
    desk.launch()


TROUBLES = (
    Trouble(
        "Spectrum does not know the tax class of a job",
        "AR", "Tax_Class_Code", "the class is set up in Spectrum", "jobs", refused_tax_class,
        class_set_up, try_again,
    ),
    Trouble(
        "The GL account of an invoice is not usable",
        "AR", "GL account not usable", "the account is made active in Spectrum", "invoices",
        account_not_active, account_active_again, try_again,
    ),
    Trouble(
        "A customer is inactive, and others wait for it",
        "AR", "inactive", "the company is made active in ServiceTrade", "sites",
        inactive_customer, company_active,
    ),
    Trouble(
        "A colleague has the job open on a screen",
        "AR", "refused AddJob", "the colleague leaves the screen", "jobs", locked_job, nothing_more,
        try_again,
    ),
    Trouble(
        "The AR period is closed",
        "AR", "AR period closed", "the period is opened in Spectrum", "invoices", closed_period,
        period_open, try_again,
    ),
    Trouble(
        "Two jobs carry one number of Spectrum",
        "AR", "number", "the wrong one is taken off in ServiceTrade", "jobs",
        one_number_on_two_jobs, number_taken_off,
    ),
    Trouble(
        "The answer of Spectrum was lost",
        "AR", "", "nothing: it is looked up", "customers", lost_answer, nothing_more,
        is_told=False,
    ),
    Trouble(
        "Somebody reversed an invoice at Spectrum's screen",
        "AR", "reversed at the Spectrum screen", "the invoice is voided in ServiceTrade", "invoices",
        reversed_by_hand, voided_there_too,
    ),
    Trouble(
        "Somebody typed an invoice by hand",
        "AR", "record locked", "nothing", "invoices", typed_by_hand, nothing_more,
        made_by_hand,
    ),
    Trouble(
        "Two technicians carry one employee code",
        "payroll", "employee code", "the wrong code is taken off in ServiceTrade", "timecards",
        one_code_on_two_technicians, code_of_bob_corrected,
    ),
    Trouble(
        "Hours were changed after their card was sent",
        "payroll", "changed", "the card is corrected in Spectrum", "timecards", changed_time,
        hours_corrected, card_was_corrected,
    ),
)  # fmt: skip


def open_office(sandbox: Sandbox, folder: Any) -> Timekeeper:
    """One customer, one site and two jobs that have crossed, and last week's time, still open."""
    contractor = build_contractor(sandbox, folder, SMALL)
    contractor.begin_time()
    sizes = TimeSizes(weeks=1, first_week=SUNDAY, approved=0)
    kept = keep_time(sandbox.control, contractor.built, sizes)
    contractor.round("set-up")
    return Timekeeper(contractor, kept)

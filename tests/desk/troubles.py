"""Ten troubles of a contractor's month, each as it happens, as somebody puts it right in
ServiceTrade or Spectrum, and as a clerk goes on from the mail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from st_spectrum.engine.reconciliation import run_reconciliation
from st_spectrum.engine.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.flow import time_context
from st_spectrum.ledger.entry import Entry
from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.invoice_plan import ZONE
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.spectrum.tables import GL_ACCOUNTS, TAX_CLASSES
from st_spectrum.sandbox.timekeeping import Kept, TimeSizes, keep_time
from st_spectrum.sandbox.world import World
from tests.desk.desk import Desk
from tests.world.billing_clerk import APPROVED, BillingClerk
from tests.world.contractor import Contractor, build_contractor

SMALL = World(
    offices=1, service_lines=2, technicians=2, salespeople=0, companies=1, vendors=0, linked_companies=0,
    locations=1, jobs=2, template_phases=1, old_customers=0,
)  # fmt: skip
CODE, TAKEN = "PA", "77001"


class Office:
    """The contractor: records cross, people type, and one trouble after another happens."""

    def __init__(self, contractor: Contractor, kept: Kept) -> None:
        self.contractor = contractor
        self.kept = kept
        self.billing = BillingClerk(contractor.office)

    def round(self) -> None:
        """What the sensors would have carried by now."""
        self.contractor.round()

    def night(self) -> None:
        with self.contractor.session() as session:
            list(run_reconciliation(session, ("invoices",), "night"))

    def entry(self, flow: str, key: int | str) -> Entry:
        entry = self.contractor.entry(flow, key)
        assert entry is not None
        return entry

    def invoice(self, price: float) -> str:
        """An approved invoice of the first job."""
        target = self.contractor.built.billed[0].target
        return self.billing.draft({"price": price}, **{**target, "status": APPROVED})

    def approve_time(self, technician: int) -> None:
        card = next(
            number
            for number, card in zip(self.kept.ids, self.kept.cards, strict=True)
            if card.technician == technician
        )
        self.contractor.office.put(f"/timecard/{card}", status="approved")

    def pieces_of(self, technician: int) -> list[str]:
        """Keys of the ledger of somebody's time."""
        with self.contractor.session() as session:
            user = self.kept.technicians[technician].user
            return [
                entry.key
                for end in {card.week + timedelta(days=6) for card in self.kept.cards}
                for entry in time_context(session.flows).times.week(end)
                if entry.user_id == user
            ]


Act = Callable[[Desk], None]


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
    happen: Callable[[Office], str]
    correct: Callable[[Desk, Office, str], None]
    act: Callable[[Desk, Office, str], None] = lambda _desk, _office, _key: None
    is_told: bool = True


def try_again(desk: Desk, office: Office, key: str) -> None:
    desk.follow("try again at once")
    desk.fill(who="Ann Clerk")
    desk.launch()


def nothing_more(desk: Desk, office: Office, key: str) -> None:
    """What stood in the way is gone by itself."""


def class_set_up(desk: Desk, office: Office, key: str) -> None:
    desk.open_screen()
    desk.correct("Enter the code", kind="tax class", code=CODE)


def refused_tax_class(office: Office) -> str:
    contractor = office.contractor
    contractor.controller.delete(TAX_CLASSES, Tax_Class_Code=CODE)
    company = contractor.dispatcher.company("Keystone Foods", addressState=CODE)
    return str(
        contractor.dispatcher.job(contractor.dispatcher.location(company, addressState=CODE))
    )


def account_not_active(office: Office) -> str:
    for code in ("4010", "4100"):
        office.contractor.controller.change(GL_ACCOUNTS, code, Status="I")
    return office.invoice(310)


def account_active_again(desk: Desk, office: Office, key: str) -> None:
    desk.open_screen()
    for code in ("4010", "4100"):
        desk.correct("Save the account", account=code)


def inactive_customer(office: Office) -> str:
    company = office.contractor.dispatcher.company("Pier Foods", status="inactive")
    return str(office.contractor.dispatcher.location(company, "Pier 4"))


def company_active(desk: Desk, office: Office, key: str) -> None:
    desk.open_record("Pier Foods")
    desk.correct("Save the status", status="active")


def locked_job(office: Office) -> str:
    contractor = office.contractor
    contractor.fault(system="spectrum", operation="AddJob", kind="locked")
    location = contractor.dispatcher.location(contractor.dispatcher.company("Dock Foods"))
    return str(contractor.dispatcher.job(location))


def closed_period(office: Office) -> str:
    office.contractor.controller.close_period()
    return office.invoice(420)


def period_open(desk: Desk, office: Office, key: str) -> None:
    """The page proposes this year."""
    desk.open_screen()
    desk.correct("Save the AR period")


def one_number_on_two_jobs(office: Office) -> str:
    contractor = office.contractor
    contractor.controller.add_job(TAKEN)
    location = contractor.dispatcher.location(contractor.dispatcher.company("Twin Foods"))
    first, second = contractor.dispatcher.job(location), contractor.dispatcher.job(location)
    for job in (first, second):
        contractor.control.edit("job", job, externalIds={EXTERNAL_SYSTEM: TAKEN})
    return str(second)


def number_taken_off(desk: Desk, office: Office, key: str) -> None:
    desk.open_record(office.entry("jobs", key).title)
    desk.correct("Save the external id", code="")


def one_code_on_two_technicians(office: Office) -> str:
    code = office.kept.technicians[0].employee_code
    bob = office.contractor.dispatcher.technician("Bob", "B0B")
    office.contractor.control.edit("user", bob, externalIds={EXTERNAL_SYSTEM: code})
    office.approve_time(0)
    return office.pieces_of(0)[0]


def code_of_bob_corrected(desk: Desk, office: Office, key: str) -> None:
    users = office.contractor.control.records("servicetrade", "user")
    (bob,) = [row["id"] for row in users if row["username"] == "Bob@example.com"]
    desk.open_screen()
    desk.correct("Save the technician's code", id=str(bob))


def lost_answer(office: Office) -> str:
    office.contractor.fault(system="spectrum", operation="AddCustomer", kind="drop_answer")
    return str(office.contractor.dispatcher.company("Lost Foods"))


def changed_time(office: Office) -> str:
    """Somebody corrects hours after their card went out."""
    office.approve_time(1)
    office.round()
    key = next(key for key in office.pieces_of(1) if ".timecard." in key)
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


def hours_corrected(desk: Desk, office: Office, key: str) -> None:
    cards = office.contractor.control.records("spectrum", "PR_PRE_TC_IMPORT_ERR_MC")
    (card,) = [row for row in cards if str(row["Message"]).strip() == token_of(key)]
    desk.open_screen()
    more = f"{float(str(card['Hours'])) + 1:g}"
    desk.correct("Save the hours", piece=str(card["Record_Number"]).strip(), hours=more)


def card_was_corrected(desk: Desk, office: Office, key: str) -> None:
    desk.follow("say what you found")
    desk.fill(who="Pat Payroll", is_there="true")
    desk.launch()


def reversed_by_hand(office: Office) -> str:
    key = office.invoice(530)
    office.round()
    number = office.entry("invoices", key).target_key
    office.contractor.control.ar_document(number, "post")
    office.contractor.control.ar_document(number, "reverse")
    office.night()
    return key


def voided_there_too(desk: Desk, office: Office, key: str) -> None:
    desk.open_record(office.billing.number(key))
    desk.correct("Void the invoice")


def typed_by_hand(office: Office) -> str:
    office.contractor.fault(system="spectrum", operation="POST /customer/invoice", kind="locked")
    key = office.invoice(420)
    office.round()
    office.contractor.controller.add_document(office.billing.number(key), "420.00")
    return key


def made_by_hand(desk: Desk, office: Office, key: str) -> None:
    desk.follow("made by hand already")
    desk.fill(
        who="Ann Clerk",
        note="typed at the screen",
        spectrum_key=f"'{office.billing.number(key)}'",
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


def open_office(sandbox: Sandbox, folder: Any) -> Office:
    """One customer, one site and two jobs that have crossed, and last week's time, still open."""
    contractor = build_contractor(sandbox, folder, SMALL)
    with contractor.session() as session:
        # Before there is any time: the ledger is a new one and no lost one.
        session.flows["timecards"].before_batch(())
    today = datetime.now(ZONE).date()
    sunday = today - timedelta(days=(today.weekday() + 1) % 7 + 7)
    sizes = TimeSizes(weeks=1, first_week=sunday, approved=0)
    kept = keep_time(sandbox.control, contractor.built, sizes)
    with contractor.session() as session:
        run_round(session, FLOWS, "set-up")
    return Office(contractor, kept)

"""What must be done is one line and one mail, however much waits for it."""

from datetime import timedelta
from pathlib import Path

import pytest

from st_spectrum.alerts.deliver import alert
from st_spectrum.engine.people.root_causes import RootCause, root_causes
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import Session
from st_spectrum.flows.timecards.flow import time_context
from st_spectrum.ledger.entry import Entry, State
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes, keep_time
from st_spectrum.sandbox.world import World
from tests.world.contractor import Contractor, build_contractor
from tests.world.support_contact import SupportContact

INACTIVE = "is inactive in ServiceTrade"
REFUSED = "Spectrum refused AddJob: Tax_Class_Code (I) 'WRONG'"


def chain(support_contact: SupportContact) -> None:
    """A job that lacks something, three invoices that wait for it, and time that waits for both."""
    support_contact.hold("jobs", 7, "no cost center")
    for number in range(3):
        support_contact.hold(
            "invoices", 70 + number, "job not in Spectrum yet", needs=("jobs/7",), amount="100.10"
        )
    key, text = "20260307.timecard.1", "job not in Spectrum yet"
    support_contact.hold("timecards", key, text, needs=("jobs/7",), hours="7.50")


def body(support_contact: SupportContact) -> str:
    (mail,) = support_contact.sandbox.control.mails()
    return " ".join(mail.text.split())


def test_what_waits_for_a_record_that_lacks_something_is_counted_in_its_mail_and_has_none_of_its_own(
    support_contact: SupportContact,
) -> None:
    chain(support_contact)
    support_contact.wait(hours=1)
    support_contact.alert()

    assert support_contact.subjects() == [
        "[sandbox] jobs: 1 record, and 4 that wait for them: no cost center"
    ]
    assert "wait for it: 3 invoices, 300.30; 1 piece of time, 7.50 h" in body(support_contact)
    assert "money stuck: 300.30 hours stuck: 7.50" in body(support_contact)


def test_what_began_to_wait_within_a_minute_is_listed_in_the_order_in_which_it_was_made(
    support_contact: SupportContact,
) -> None:
    for key in (9, 7, 8):
        support_contact.hold("jobs", key, "no cost center")
        support_contact.wait(hours=1 / 3600)
    support_contact.wait(hours=1)
    support_contact.alert()

    text = body(support_contact)
    assert text.index("Record 7") < text.index("Record 8") < text.index("Record 9")


def test_a_company_that_was_left_alone_is_the_cause_of_all_that_needs_it(
    support_contact: SupportContact,
) -> None:
    support_contact.hold(
        "customers", 1, INACTIVE, State.SKIPPED, reason=INACTIVE, needs=(), title="Harbor"
    )
    advice = "Make the company active in ServiceTrade; this record follows by itself."
    support_contact.hold(
        "sites", 2, "its company is inactive", needs=("customers/1",), advice=advice
    )
    support_contact.hold(
        "jobs", 3, "its site is not there", needs=("sites/2",), advice="Nothing to do if"
    )
    support_contact.hold(
        "invoices", 4, "no customer", needs=("customers/1", "jobs/3"), amount="5.00"
    )
    support_contact.wait(minutes=14)
    support_contact.alert()
    assert support_contact.subjects() == []
    support_contact.wait(minutes=2)
    support_contact.alert()

    assert support_contact.subjects() == [
        f"[sandbox] customers: 1 record, and 3 that wait for them: {INACTIVE}"
    ]
    assert f"what to do: {advice} who: The office, in ServiceTrade" in body(support_contact)
    assert "Harbor" in body(support_contact)


def test_a_record_that_nobody_has_looked_at_is_a_matter_of_whoever_runs_it(
    support_contact: SupportContact,
) -> None:
    advice = "Nothing to do: it is looked at next."
    support_contact.hold(
        "customers", 1, "Job 5 waits for it", advice=advice, retry_at=None, needs=()
    )
    support_contact.hold("jobs", 5, "its company is not an AR customer yet", needs=("customers/1",))
    support_contact.wait(minutes=16)
    support_contact.alert()

    assert support_contact.subjects() == [
        "[sandbox] customers: 1 record, and 1 that wait for them: nothing has looked at it yet"
    ]
    assert "Nothing to do" not in body(support_contact)
    assert "who: Whoever runs the integration" in body(support_contact)


def test_what_asks_nothing_of_anybody_is_never_mailed(support_contact: SupportContact) -> None:
    advice = "Nothing to do: it goes out again once it is approved."
    support_contact.hold("timecards", "20260307.timecard.1", "taken out", advice=advice, needs=())
    support_contact.wait(hours=30)
    support_contact.alert()

    assert support_contact.subjects() == []


def test_jobs_that_wait_for_each_other_are_told_all_the_same(
    support_contact: SupportContact,
) -> None:
    support_contact.hold("jobs", 1, "its number is that of another job", needs=("jobs/2",))
    support_contact.hold("jobs", 2, "its number is that of another job", needs=("jobs/1",))
    support_contact.wait(hours=1)
    support_contact.alert()

    assert len(support_contact.subjects()) == 1


def test_two_wrong_codes_of_one_field_are_two_causes(support_contact: SupportContact) -> None:
    for number, code in enumerate(("WRONG", "WORSE")):
        support_contact.hold(
            "jobs", number, f"Spectrum refused AddJob: Tax_Class_Code (I) {code!r}"
        )
    support_contact.alert()

    assert len(support_contact.subjects()) == 2


JOBS = 61
"""Of which the account ignores some, and some are at a place that is inactive."""


@pytest.fixture
def shop(sandbox: Sandbox, tmp_path: Path) -> Contractor:
    """53 jobs that have yet to cross, with invoices and time on them."""
    world = World(
        companies=3,
        vendors=0,
        linked_companies=0,
        locations=6,
        jobs=JOBS,
        technicians=2,
        salespeople=1,
        template_phases=1,
        invoices=20,
    )
    made = build_contractor(sandbox, tmp_path, world)
    made.overrides["timecards"] = {"first_day": "2026-01-04"}
    sandbox.control.clear_mails()
    return made


def keep_time_on_them(session: Session, shop: Contractor) -> None:
    """A week of two technicians, met by a run of its own."""
    flow = session.flows["timecards"]
    flow.before_batch(())  # a new ledger, and no lost one
    kept = keep_time(shop.sandbox.control, shop.built, TimeSizes(weeks=1))
    end = max(card.week for card in kept.cards) + timedelta(days=6)
    keys = [entry.key for entry in time_context(session.flows).times.week(end)]
    session.engine.run("timecards", keys, run_id="test")


def with_tax_class(shop: Contractor, code: str) -> None:
    """Somebody writes this code in the account file."""
    classes = shop.account.maps.tax_class.model_copy(update={"by_state": {}, "default": code})
    shop.overrides["maps"] = {"tax_class": classes}


def open_roots(session: Session) -> dict[str, RootCause]:
    """The root causes of everything open, by their texts."""
    ledger = session.ledger
    entries = [held.entry for flow in FLOWS for _, held in ledger.open_entries(flow) if held]

    def entry(flow: str, key: str) -> Entry | None:
        held = ledger.get(flow, key)
        return held.entry if held else None

    return {cause.text: cause for cause in root_causes(entries, tuple(FLOWS), entry)}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_one_wrong_tax_class_of_53_jobs_is_one_mail_and_its_correction_sends_all_in_one_round(
    shop: Contractor,
) -> None:
    right = shop.account.maps.tax_class
    with_tax_class(shop, "WRONG")
    shop.overrides["pace"] = {"workers": 1}
    with shop.session() as session:
        first = run_round(session, FLOWS, "first")["jobs"]
        keep_time_on_them(session, shop)
        cause = open_roots(session)[REFUSED]
        later = session.ledger.now() + timedelta(minutes=20)
        alert(shop.account, session.ledger, clock=lambda: later)

    assert (first.counts()["rejected"], len(cause.members)) == (3, 53)
    assert {entry.flow for entry in cause.behind} == {"invoices", "timecards"}
    subjects = [mail.subject for mail in shop.sandbox.control.mails()]
    sentence = f"jobs: 53 records, and {len(cause.behind)} that wait for them: {REFUSED}"
    assert f"[sandbox] {sentence}" in subjects
    assert not [subject for subject in subjects if "invoices:" in subject or "time" in subject]

    shop.overrides["maps"] = {"tax_class": right}
    shop.overrides["pace"] = {}
    shop.round()

    with shop.session() as session:
        freed = [session.ledger.get(entry.flow, entry.key) for entry in cause.waiting]
        assert {held.entry.state for held in freed if held} == {State.CONFIRMED}

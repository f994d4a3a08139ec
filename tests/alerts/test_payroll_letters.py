"""What the mail about a payroll week says, and that it leaves once for each result."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.alerts.digest import Letter
from st_spectrum.alerts.payroll_letter import write_payroll_letter
from st_spectrum.alerts.payroll_mail import mail_stop, mail_week
from st_spectrum.alerts.payroll_tables import totals_table
from st_spectrum.alerts.payroll_view import GROUPINGS, ZERO, view_of
from st_spectrum.domain.errors import Unavailable
from st_spectrum.flows.timecards.week_comparison import PayrollWeek
from st_spectrum.ledger.documents.mails import ReportedWeek, WaitingMail
from tests.alerts.payroll import ADVICE, API, END, changed, held, sent, week
from tests.world.support_contact import SupportContact

NOW = datetime(2026, 4, 13, 10, tzinfo=UTC)


def letter(found: PayrollWeek, place: str = "/var/payroll/2026-04-05.parquet") -> Letter:
    return write_payroll_letter(
        view_of(found, API),
        "north",
        "America/New_York",
        NOW,
        place=place,
        dagster_url="http://dagster:3000",
        asset="north/payroll_week",
    )


def test_a_week_that_agrees_says_so_in_subject_and_first_line() -> None:
    mail = letter(week(sent(1), sent(2, "4.25")))
    assert mail.subject == "[north] Payroll week 04/05 to 04/11/2026: agrees, 12.25 hours"
    assert mail.text.splitlines()[0] == "Agrees to the hundredth: 12.25 hours in both."
    assert "Sunday 04/05/2026 to Saturday 04/11/2026" in mail.text
    assert "/var/payroll/2026-04-05.parquet" in mail.text
    assert (
        "http://dagster:3000/assets/north/payroll_week?view=partitions&partition=2026-04-05"
        in mail.text
    )
    assert "As of 04/13/2026 06:00 EDT" in mail.text


def test_what_waits_is_told_once_for_each_cause_with_advice_person_day_and_job() -> None:
    found = week(sent(1), held(2), held(3, "4.50"), job_ids={"20260411.timecard.2": 77})
    mail = letter(found)
    assert (
        mail.subject
        == "[north] Payroll week 04/05 to 04/11/2026: 2 pieces need you, 12.50 hours differ"
    )
    assert mail.text.splitlines()[0] == "2 pieces of time need you: 12.50 hours differ."
    assert (
        mail.text.count("Björn Vance has no Spectrum employee code") == mail.text.count(ADVICE) == 1
    )
    assert "Björn Vance  04/06/2026   4.50" in mail.text
    assert mail.text.count("https://app.servicetrade.com/job/77") == 1
    assert '<a href="https://app.servicetrade.com/job/77">job</a>' in mail.html


def test_what_changed_after_it_was_sent_shows_what_was_sent_what_it_says_and_what_payroll_holds() -> (
    None
):
    mail = letter(week(changed(1)))
    assert mail.text.splitlines()[0] == "1 piece of time needs you: 1.50 hours differ."
    assert "CHANGED AFTER IT WAS SENT: 1 PIECE OF TIME, 1.50 HOURS DIFFER" in mail.text
    line = next(line for line in mail.text.splitlines() if "Ann Lee" in line)
    assert line.split() == ["Ann", "Lee", "T0001", "04/06/2026", "8.00", "9.50", "8.00", "STCARD1"]
    assert "Correct the card in Spectrum." in mail.text


def test_a_card_that_was_changed_in_spectrum_alone_needs_somebody_too() -> None:
    twice = sent(
        1,
        hours_in_spectrum=Decimal("16.00"),
        difference=Decimal("-8.00"),
        remark="stands 2 times in Spectrum",
    )
    mail = letter(week(twice))
    assert mail.text.startswith("1 piece of time needs you: 8.00 hours differ.")
    assert "PAYROLL HOLDS OTHER HOURS THAN WERE SENT" in mail.text
    assert "Stands 2 times in Spectrum" in mail.text


def test_a_change_without_hours_still_needs_somebody() -> None:
    mail = letter(week(changed(1, "8.00", "8.00")))
    assert mail.subject.endswith("1 piece needs you, hours agree")
    assert mail.text.startswith("1 piece of time needs you; the hours agree.")


def test_two_mistakes_that_cancel_out_are_still_two_mistakes() -> None:
    mail = letter(week(changed(1, "8.00", "9.00"), changed(2, "8.00", "7.00")))
    assert mail.text.startswith("2 pieces of time need you: 2.00 hours differ.")
    assert "0.00 hours in the sum; 2.00 hours when no difference makes up for another" in mail.text


def test_what_was_missed_and_sent_now_is_counted_apart_from_what_was_missed_and_waits() -> None:
    row, outcome = held(3)
    found = week(
        sent(1),
        sent(2, "3.25"),
        (row, outcome),
        missed=("20260411.timecard.1", "20260411.timecard.2"),
    )
    found = replace(found, missed=(*found.missed, row.entry))
    text = " ".join(letter(found).text.split())
    assert "Missed during the week 3 pieces of time (2 sent now, 1 told of below)" in text
    assert "Sent just now 2 pieces of time, 11.25 hours" in text


def test_cards_that_payroll_has_posted_are_fine() -> None:
    posted = "no longer among the pre-time cards: posted to payroll, or deleted there"
    mail = letter(week(sent(1, hours_in_spectrum=None, remark=posted)))
    assert mail.text.startswith("Agrees to the hundredth")
    assert "1 piece of time: posted to payroll, or deleted there." in mail.text


def test_employees_stand_by_code_and_name_with_unsent_time_beside() -> None:
    row, outcome = held(2, who="Ann Lee")
    found = week(sent(1), (row, outcome), sent(3, who="Zoë", code="T0002"))
    lines = [(line.code, line.name, line.difference) for line in view_of(found).lines("employee")]
    assert lines == [("(not sent)", "Ann Lee", 8), ("T0001", "Ann Lee", 0), ("T0002", "Zoë", 0)]


def test_of_many_jobs_those_that_differ_are_named_and_the_sums_stay_whole() -> None:
    many = [sent(number, "1.25", job=f"{number:05d}") for number in range(100)]
    found = week(
        *many, sent(200, job="99999", difference=Decimal("2.00"), hours_in_spectrum=Decimal("6.00"))
    )
    table = totals_table(view_of(found), "job", shown=10)
    assert [row.cells[0] for row in table.rows][-3:] == ["99999", "91 others", "Total"]
    assert table.rows[-1].cells == ("Total", "133.00", "131.00", "2.00")
    assert sum(Decimal(row.cells[1]) for row in table.rows[:-1]) == Decimal("133.00")


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2400), st.integers(-800, 800), st.sampled_from("AB"), st.booleans()
        ),
        max_size=30,
    )
)
def test_every_grouping_adds_up_to_the_week(pieces: list[tuple[int, int, str, bool]]) -> None:
    rows = []
    for number, (hours, difference, who, is_held) in enumerate(pieces):
        if is_held:
            rows.append(held(number, f"{hours / 100:.2f}", who)[0])
        else:
            rows.append(
                sent(
                    number,
                    f"{hours / 100:.2f}",
                    who,
                    who,
                    difference=Decimal(difference).scaleb(-2),
                )
            )
    view = view_of(week(*rows))
    for by in GROUPINGS:
        lines = view.lines(by)
        assert (
            sum((line.servicetrade for line in lines), ZERO)
            == view.total.servicetrade
            == sum(row.hours for row in rows)
        )
        assert sum((line.payroll for line in lines), ZERO) == view.total.payroll
        assert sum((line.differs for line in lines), ZERO) == view.total.differs
    assert view.is_fine == (not any(row.difference or row.sent_at is None for row in rows))


def test_whatever_a_name_holds_the_html_stays_one_page() -> None:
    nasty = "<script>alert(1)</script> & \"Sons\" 'x'\nInjected: header"
    mail = letter(week(held(1, who=nasty), sent(2, who=nasty)))
    assert "<script>" not in mail.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;Sons&#34;" in mail.html
    assert "\nInjected" not in mail.text


def test_a_week_without_time_is_no_alarm() -> None:
    mail = letter(week())
    assert mail.subject.endswith("no approved time")
    assert mail.text.startswith("No approved time in this week.")


def put(support_contact: SupportContact, found: PayrollWeek) -> bool:
    return mail_week(
        support_contact.account,
        support_contact.ledger,
        found,
        place="payroll/2026-04-05.parquet",
        now=support_contact.now,
    )


def test_the_same_week_again_is_no_second_mail_and_another_result_is_one(
    support_contact: SupportContact,
) -> None:
    first, second = week(held(1), sent(2)), week(sent(1), sent(2))
    assert put(support_contact, first)
    support_contact.alert()
    assert not put(support_contact, replace(first, missed=("20260411.timecard.2",)))
    support_contact.wait(days=30)
    assert not put(support_contact, first)
    assert put(support_contact, second)
    support_contact.alert()
    assert put(support_contact, first), "it was like this before, but it is not what was told last"
    support_contact.alert()
    assert [subject.partition(": ")[2] for subject in support_contact.subjects()] == [
        "1 piece needs you, 8.00 hours differ",
        "agrees, 16.00 hours",
        "1 piece needs you, 8.00 hours differ",
    ]


def test_cards_posted_meanwhile_with_the_same_hours_are_no_new_result(
    support_contact: SupportContact,
) -> None:
    posted = sent(
        1,
        hours_in_spectrum=None,
        remark="no longer among the pre-time cards: posted to payroll, or deleted there",
    )
    assert put(support_contact, week(sent(1)))
    assert not put(support_contact, week(posted))


def test_while_the_mail_server_is_away_the_mail_waits_and_leaves_once(
    support_contact: SupportContact,
) -> None:
    port = support_contact.account.support.smtp_port
    support_contact.change_settings(smtp_port=9)  # nobody listens there
    put(support_contact, week(held(1)))
    assert support_contact.alert().sending.waiting == 1
    assert not put(support_contact, week(held(1)))
    assert support_contact.subjects() == []
    support_contact.change_settings(smtp_port=port)
    support_contact.wait(minutes=1)
    support_contact.alert()
    support_contact.alert()
    assert len(support_contact.subjects()) == 1
    assert support_contact.ledger.names(WaitingMail) == ()


@pytest.mark.parametrize("left", [True, False])
def test_a_crash_before_the_note_of_a_mail_does_not_send_it_twice(
    support_contact: SupportContact, left: bool
) -> None:
    put(support_contact, week(held(1)))
    if left:
        support_contact.alert()
    support_contact.ledger.discard(ReportedWeek, "20260411")
    put(support_contact, week(held(1)))
    support_contact.alert()
    assert len(support_contact.subjects()) == 1


def test_payroll_contacts_get_it_and_the_support_contacts_do_not(
    support_contact: SupportContact,
) -> None:
    support_contact.change_settings(payroll_contacts=("payroll@example.com",))
    put(support_contact, week(held(1)))
    support_contact.hold("jobs", 1, "no terms code")
    support_contact.alert()
    readers = {
        mail.subject.split(":")[0]: mail.recipients
        for mail in support_contact.sandbox.control.mails()
    }
    assert readers == {
        "[sandbox] Payroll week 04/05 to 04/11/2026": ("payroll@example.com",),
        "[sandbox] jobs": support_contact.account.support.contacts,
    }


def test_payroll_contacts_alone_get_no_other_mail(support_contact: SupportContact) -> None:
    support_contact.change_settings(contacts=(), payroll_contacts=("payroll@example.com",))
    put(support_contact, week(held(1)))
    support_contact.hold("jobs", 1, "no terms code")
    assert support_contact.alert().sending.waiting == 0
    assert len(support_contact.subjects()) == 1


def test_without_anybody_to_read_it_nothing_is_written(support_contact: SupportContact) -> None:
    support_contact.change_settings(contacts=())
    assert not put(support_contact, week(held(1)))
    assert (
        support_contact.ledger.names(WaitingMail)
        == support_contact.ledger.names(ReportedWeek)
        == ()
    )


def test_a_week_that_could_not_be_finished_is_told_once_to_those_who_hear_of_payroll_alone(
    support_contact: SupportContact,
) -> None:
    fault = Unavailable("Spectrum does not answer", system="spectrum")
    assert not mail_stop(
        support_contact.account, support_contact.ledger, END, fault, now=support_contact.now
    )
    support_contact.change_settings(payroll_contacts=("payroll@example.com",))
    assert mail_stop(
        support_contact.account, support_contact.ledger, END, fault, now=support_contact.now
    )
    assert not mail_stop(
        support_contact.account, support_contact.ledger, END, fault, now=support_contact.now
    )
    put(support_contact, week(sent(1)))
    support_contact.wait(minutes=1)
    support_contact.alert()
    assert [subject.partition(": ")[2] for subject in support_contact.subjects()] == [
        "not finished",
        "agrees, 8.00 hours",
    ]


def test_a_secret_in_a_reason_does_not_leave_the_house(support_contact: SupportContact) -> None:
    row, outcome = held(1)
    secret = support_contact.account.spectrum.authorization_id.get_secret_value()
    put(support_contact, week((row, replace(outcome, reason=f"refused with {secret}"))))
    support_contact.alert()
    (mail,) = support_contact.sandbox.control.mails()
    assert secret not in mail.text + mail.html + mail.subject
    assert "Refused with ***" in mail.text

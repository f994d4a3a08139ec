"""From waiting records to mails in the sink: one per cause, nothing lost while the mail server is
away, nothing twice.
"""

import threading
from decimal import Decimal
from html import unescape

import pytest
from pydantic import SecretStr

from st_spectrum.account import Account
from st_spectrum.alerts.causes import Cause
from st_spectrum.alerts.deciding import Notice
from st_spectrum.alerts.deliver import Round, TooMuchToRead, alert
from st_spectrum.alerts.digest import write_letter
from st_spectrum.alerts.failures import note_failure
from st_spectrum.alerts.outbox import LEASE, Lease, send_waiting
from st_spectrum.alerts.secrets import without_secrets
from st_spectrum.ledger.documents.mails import FailedRun, Known, MailLease, SentMail, WaitingMail
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.ledger import open_ledger
from tests.ledger.texts import put_at, put_text
from tests.world.contractor import ACCOUNT_FILE
from tests.world.support_contact import SupportContact

CAUSES = (
    "no sales tax code for state 'OH'",
    "no cost center for office 'Dayton'",
    "its salesperson has no Spectrum code",
)


def three_hundred(support_contact: SupportContact) -> None:
    for number in range(300):
        support_contact.hold("jobs", 1000 + number, CAUSES[number % 3], amount="10.01")
        support_contact.wait(milliseconds=1)


def test_three_hundred_records_of_three_causes_are_three_mails(
    support_contact: SupportContact,
) -> None:
    three_hundred(support_contact)
    assert len(support_contact.alert().sending.sent) == 3
    for _ in range(5):
        support_contact.wait(minutes=1)
        support_contact.alert()
    mails = support_contact.sandbox.control.mails()
    assert sorted(mail.subject for mail in mails) == sorted(
        f"[sandbox] jobs: 100 records: {cause}" for cause in CAUSES
    )
    for mail in mails:
        assert mail.recipients == support_contact.account.support.contacts
        assert "money stuck: 1,001.00" in mail.text
        assert "and 90 more" in mail.text
        assert mail.text.count("http://") == mail.html.count("<a href=") == 13


def test_the_digest_names_what_stayed_and_what_is_solved(support_contact: SupportContact) -> None:
    three_hundred(support_contact)
    support_contact.alert()
    support_contact.subjects()
    for number in range(0, 300, 3):
        support_contact.release("jobs", 1000 + number)
    support_contact.wait(hours=23, minutes=59)
    support_contact.alert()
    assert support_contact.subjects() == []
    support_contact.wait(minutes=2)
    support_contact.alert()
    assert support_contact.subjects() == [
        "[sandbox] 2 open causes, 200 records, 2,002.00; 1 solved"
    ]
    digest = support_contact.sandbox.control.mails()[-1]
    assert f"SOLVED\n  * jobs: {CAUSES[0]} (was 100 records, 1,001.00)" in digest.text.replace(
        "\r\n", "\n"
    )
    assert "Solved</h3><ul><li>jobs: no sales tax code for state &#39;OH&#39;" in digest.html


def test_nothing_is_lost_while_the_mail_server_is_away(support_contact: SupportContact) -> None:
    port = support_contact.account.support.smtp_port
    support_contact.change_settings(smtp_port=9)  # nobody listens there
    support_contact.hold("jobs", 1, CAUSES[0])
    first = support_contact.alert()
    assert (first.written, first.sending.sent, first.sending.waiting) == (1, (), 1)
    assert "127.0.0.1:9 cannot be used" in first.sending.trouble[0]
    support_contact.wait(minutes=1)
    support_contact.hold("jobs", 2, CAUSES[1])
    assert support_contact.alert().sending.waiting == 2
    assert support_contact.subjects() == []
    support_contact.change_settings(smtp_port=port)
    support_contact.wait(minutes=1)
    assert support_contact.alert().sending.waiting == 0
    assert support_contact.subjects() == [
        f"[sandbox] jobs: 1 record: {cause}" for cause in CAUSES[:2]
    ]
    assert (
        support_contact.ledger.names(WaitingMail) == support_contact.ledger.names(MailLease) == ()
    )


def test_two_senders_at_once_send_each_mail_once(support_contact: SupportContact) -> None:
    for number in range(8):
        support_contact.hold("jobs", number, f"cause {number}")
    start, rounds = threading.Barrier(4), []

    def send(account: Account) -> None:
        with open_ledger(account.ledger, support_contact.clock) as ledger:
            start.wait()
            rounds.append(alert(account, ledger, clock=support_contact.clock))

    threads = [threading.Thread(target=send, args=(support_contact.account,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rounds) == 4
    support_contact.alert()
    assert len(support_contact.subjects()) == 8
    assert sum(len(one.sending.sent) for one in rounds) <= 8


def test_a_sender_that_died_with_a_mail_in_hand_holds_it_up_for_minutes_only(
    support_contact: SupportContact,
) -> None:
    support_contact.hold("jobs", 1, CAUSES[0])
    port = support_contact.account.support.smtp_port
    support_contact.change_settings(smtp_port=9)
    support_contact.alert()
    support_contact.change_settings(smtp_port=port)
    (id_,) = support_contact.ledger.names(WaitingMail)
    assert Lease(
        support_contact.ledger, id_, support_contact.clock
    ).take()  # and never gives it back
    assert support_contact.alert().sending.sent == ()
    support_contact.wait(seconds=LEASE.total_seconds() + 1)
    assert support_contact.alert().sending.sent == (id_,)
    assert support_contact.ledger.names(MailLease) == ()


def test_a_mail_that_left_just_now_is_not_sent_by_whoever_looked_before(
    support_contact: SupportContact,
) -> None:
    support_contact.hold("jobs", 1, CAUSES[0])
    support_contact.alert()
    support_contact.subjects()
    (id_,) = support_contact.ledger.names(SentMail)
    # As if another sender had stopped between its note of the mail and its removal from the outbox.
    letter = '{"subject": "again", "text": "x", "html": "x", "written_at": "2026-03-02T14:00:00Z"}'
    put_text(support_contact.ledger, letter, WaitingMail, id_)
    sent = send_waiting(
        support_contact.ledger,
        support_contact.account.support,
        support_contact.clock,
        timeout_seconds=5,
    )
    assert (sent.sent, sent.waiting, support_contact.subjects()) == ((), 0, [])


def test_a_crash_after_writing_a_mail_down_does_not_write_it_twice(
    support_contact: SupportContact,
) -> None:
    support_contact.hold("jobs", 1, CAUSES[0])
    support_contact.alert()
    support_contact.ledger.discard(Known)  # the crash came before this was kept
    support_contact.hold("jobs", 2, CAUSES[0])
    assert support_contact.alert().written == 0
    assert len(support_contact.subjects()) == 1


def test_whoever_waits_for_a_record_on_its_way_is_no_cause_yet(
    support_contact: SupportContact,
) -> None:
    support_contact.hold(
        "sites", 7, "its company is not an AR customer yet", needs=("customers/1201",)
    )
    support_contact.wait(minutes=14)
    support_contact.alert()
    assert support_contact.subjects() == []
    support_contact.wait(minutes=2)
    support_contact.alert()
    assert support_contact.subjects() == [
        "[sandbox] sites: 1 record: its company is not an AR customer yet"
    ]


def test_a_lost_answer_and_a_half_way_record_are_told_only_when_they_stay(
    support_contact: SupportContact,
) -> None:
    claimed = support_contact.ledger.claim("jobs", "5", run_id="test", title="Job 5")
    support_contact.ledger.settle(
        claimed, State.UNKNOWN, reason="lost", cause="the answer of Spectrum to AddJob was lost"
    )
    support_contact.ledger.claim("jobs", "6", run_id="test", title="Job 6")
    support_contact.wait(minutes=4)
    support_contact.alert()
    assert support_contact.subjects() == []
    support_contact.wait(minutes=2)
    support_contact.alert()
    assert support_contact.subjects() == [
        "[sandbox] jobs: 1 record: the answer of Spectrum to AddJob was lost"
    ]
    support_contact.wait(minutes=10)
    support_contact.alert()
    assert support_contact.subjects() == [
        "[sandbox] jobs: 1 record: left in the middle of crossing"
    ]


def test_a_system_that_is_down_is_one_mail_for_runs_and_records_of_every_flow(
    support_contact: SupportContact,
) -> None:
    down = "Spectrum does not answer"
    for number, flow in enumerate(("customers", "sites")):
        support_contact.hold(flow, number, down, needs=("spectrum answers again",))
        note_failure(
            support_contact.ledger,
            FailedRun(
                f"{flow}_job", f"run-{number}", support_contact.now, down, "down", "", "Unavailable"
            ),
        )
    support_contact.wait(minutes=6)
    support_contact.alert()
    assert support_contact.subjects() == [f"[sandbox] integration: 2 failed attempts: {down}"]


def test_without_contacts_nothing_is_written_anywhere(support_contact: SupportContact) -> None:
    support_contact.change_settings(contacts=())
    support_contact.hold("jobs", 1, CAUSES[0])
    assert isinstance(support_contact.alert(), Round)
    assert support_contact.ledger.names(WaitingMail) == () and not support_contact.ledger.has(Known)


def test_a_damaged_entry_is_told_and_silences_nobody(support_contact: SupportContact) -> None:
    support_contact.hold("jobs", 1, CAUSES[0])
    support_contact.hold("jobs", 2, CAUSES[1])
    put_at(support_contact.ledger, "entries/jobs/2", "{")
    support_contact.alert()
    assert sorted(support_contact.subjects()) == [
        f"[sandbox] jobs: 1 record: {CAUSES[0]}",
        "[sandbox] jobs: 1 record: the ledger's entry cannot be read",
    ]


def test_what_could_not_be_read_in_time_is_not_taken_for_solved(
    support_contact: SupportContact,
) -> None:
    support_contact.hold("jobs", 1, CAUSES[0])
    support_contact.alert()
    support_contact.subjects()
    support_contact.wait(hours=25)
    with pytest.raises(TooMuchToRead):
        support_contact.alert(seconds=0)
    assert support_contact.subjects() == []
    support_contact.alert()
    assert support_contact.subjects() == ["[sandbox] 1 open cause, 1 record"]


def test_a_secret_in_an_error_text_does_not_leave_the_house(
    support_contact: SupportContact,
) -> None:
    secret = support_contact.account.spectrum.authorization_id.get_secret_value()
    support_contact.hold(
        "jobs", 1, f"refused with {secret}", advice="See mssql://sa:geheim@db/x", amount="1"
    )
    support_contact.alert()
    (mail,) = support_contact.sandbox.control.mails()
    for part in (mail.subject, mail.text, mail.html):
        assert secret not in part
        assert "geheim" not in part
    assert "refused with ***" in mail.text


def test_a_secret_full_of_signs_is_found_in_the_html_too(support_contact: SupportContact) -> None:
    secret = """q'u"o<t>e&d"""
    spectrum = support_contact.account.spectrum.model_copy(
        update={"authorization_id": SecretStr(secret)}
    )
    cause = Cause("jobs", "x", f"refused with {secret}", "", 1, support_contact.now, None, ())
    mail = write_letter(Notice("new-1", False, (cause,)), "north", "UTC", support_contact.now)
    assert secret in unescape(mail.html)
    hidden = without_secrets(
        mail, support_contact.account.model_copy(update={"spectrum": spectrum})
    )
    assert "refused with ***" in hidden.html
    assert secret not in unescape(hidden.html) + hidden.text + hidden.subject


def test_the_money_of_a_cause_is_exact(support_contact: SupportContact) -> None:
    amounts = ("0.10", "0.20", "1234567.89", "", "no amount")
    for number, amount in enumerate(amounts):
        support_contact.hold("jobs", number, CAUSES[0], amount=amount)
    support_contact.alert()
    (mail,) = support_contact.sandbox.control.mails()
    assert f"money stuck: {Decimal('1234568.19'):,}" in mail.text


def test_the_command_sends_what_is_due_and_says_so(
    support_contact: SupportContact,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from st_spectrum.commands.alerts import send_alerts
    from st_spectrum.commands.sandbox import environment

    for name, value in environment(support_contact.sandbox).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ST_SPECTRUM_STATE_DIR", str(support_contact.account.state_dir))
    support_contact.hold("jobs", 1, CAUSES[0])
    assert send_alerts(ACCOUNT_FILE) == 0
    assert capsys.readouterr().out == "open causes: 1, new mails: 1, sent: 1.\n"
    monkeypatch.setenv("SMTP_PORT", "9")
    support_contact.hold("jobs", 2, CAUSES[1])
    assert send_alerts(ACCOUNT_FILE) == 1
    said = capsys.readouterr()
    assert said.out == "open causes: 2, new mails: 1, sent: 0, waiting in the outbox: 1.\n"
    assert "127.0.0.1:9 cannot be used" in said.err

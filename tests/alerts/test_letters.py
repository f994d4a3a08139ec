"""What a mail says, in text and HTML."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes
from email.policy import default

import pytest

from st_spectrum.account import Support
from st_spectrum.alerts.causes import RECORDS_NAMED, Affected, Cause, causes_of
from st_spectrum.alerts.deciding import Notice
from st_spectrum.alerts.digest import SUBJECT_LENGTH, Letter, write_letter
from st_spectrum.alerts.launchpads import Launchpads
from st_spectrum.alerts.links import record_link, run_link
from st_spectrum.alerts.smtp import to_message
from st_spectrum.ledger.documents.mails import ReportedCause
from st_spectrum.ledger.entry import Entry, State, move, new_entry

NOW = datetime(2026, 3, 2, 14, tzinfo=UTC)
API = "https://api.servicetrade.com/api"


def held(key: str, reason: str = "why", flow: str = "jobs", **changes: object) -> Entry:
    values = {
        "title": f"Job {key}",
        "reason": reason,
        "advice": "Do it.",
        "retry_at": NOW,
        **changes,
    }
    return new_entry(flow, key, State.HELD, NOW, **values)


def letter(cause: Cause, **changes: object) -> Letter:
    notice = Notice("new-1", False, (cause,))
    return write_letter(notice, "north", "America/New_York", NOW)


def test_a_mail_says_what_how_many_since_when_how_much_and_what_to_do() -> None:
    entries = [
        held(
            "1",
            "no terms for Harbor Foods",
            cause="no terms code",
            amount="100.50",
            needs=("account: maps",),
        ),
        held(
            "2",
            "no terms for Bay Hotel",
            cause="no terms code",
            amount="0.50",
            needs=("account: maps",),
        ),
    ]
    (cause,) = causes_of(entries, API, NOW, 8)
    mail = letter(cause)
    assert mail.subject == "[north] jobs: 2 records: no terms code"
    for line in (
        "jobs: no terms code",
        "  how many: 2 records",
        "  money stuck: 101.00",
        "  oldest since: 2026-03-02 09:00 EST",
        "  what to do: Do it.",
        "  who: Whoever maintains the account file",
        "  * Job 1, 100.50, since 2026-03-02 09:00 EST (no terms for Harbor Foods)",
        "    https://app.servicetrade.com/job/1",
    ):
        assert line in mail.text.splitlines()
    assert '<a href="https://app.servicetrade.com/job/1">Job 1</a>' in mail.html


def test_only_the_oldest_records_are_named() -> None:
    entries = [held(str(n), cause="x", title=f"Job {n}") for n in range(25)]
    (cause,) = causes_of(entries, API, NOW, 8)
    assert (cause.count, len(cause.affected)) == (25, RECORDS_NAMED)
    assert "... and 15 more" in letter(cause).text


def test_whatever_a_title_holds_the_html_stays_one_page() -> None:
    nasty = "<script>alert(1)</script> & \"Sons\" 'x'\nInjected: header"
    record = Affected("1", nasty, NOW, nasty, None, "https://x/?a=1&b=2")
    cause = Cause("jobs", nasty, nasty, nasty, 1, NOW, None, (record,))
    mail = letter(cause)
    assert "<script>" not in mail.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;Sons&#34;" in mail.html
    assert 'href="https://x/?a=1&amp;b=2"' in mail.html
    assert "\n" not in mail.subject


def test_a_mail_with_solved_causes_only_is_good_news() -> None:
    solved = ReportedCause("jobs", "no terms code", 12, NOW, Decimal("7.00"))
    mail = write_letter(Notice("digest-2", True, (), solved=(solved,)), "north", "UTC", NOW)
    assert mail.subject == "[north] all solved: 1 cause"
    assert "Nothing waits for you any more." in mail.text
    assert "  * jobs: no terms code (was 12 records, 7.00)" in mail.text


def test_failed_runs_are_not_counted_as_records() -> None:
    run = Cause("runs", "down", "x", "x", 3, NOW, noun="failed runs")
    mail = write_letter(Notice("digest-1", True, (run,)), "north", "UTC", NOW)
    assert mail.subject == "[north] 1 open cause, no record waits"


@pytest.mark.parametrize("text", ["x" * 400, "ümläut … " * 60, "\udce4 half a pair"])
def test_any_text_can_be_sent_and_read_again(text: str) -> None:
    clean = text.encode("utf-8", "replace").decode()
    mail = letter(Cause("jobs", clean, "x", "x", 1, NOW))
    assert len(mail.subject) <= SUBJECT_LENGTH
    support = Support(
        contacts=("a@example.com", "b@example.com"), sender="st@example.com", smtp_host="x"
    )
    message = to_message(mail, "new-abc~1", NOW, support)
    read = message_from_bytes(bytes(message), policy=default)
    assert read["Subject"] == mail.subject
    assert read["To"] == "a@example.com, b@example.com"
    assert read["Message-ID"] == "<new-abc-1@example.com>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    for kind, wanted in (("plain", mail.text), ("html", mail.html)):
        part = read.get_body((kind,))
        assert part is not None
        assert part.get_content().replace("\r\n", "\n").strip() == wanted.strip()


@pytest.mark.parametrize(
    ("flow", "key", "link"),
    [
        ("customers", "1201", "https://app.servicetrade.com/company/1201"),
        ("sites", "7", "https://app.servicetrade.com/locations/7"),
        ("invoices", "88001", "https://app.servicetrade.com/invoice/88001"),
        ("timecards", "2026-10/7", ""),
        ("jobs", "7/../8", ""),
    ],
)
def test_a_record_is_linked_where_it_has_a_page(flow: str, key: str, link: str) -> None:
    assert record_link(API, flow, key) == link


def test_without_an_address_of_dagster_a_run_has_no_link() -> None:
    assert run_link("", "abc") == ""
    assert run_link("http://localhost:3000/", "abc") == "http://localhost:3000/runs/abc"


def test_a_record_counts_from_when_it_began_to_wait_across_all_its_tries() -> None:
    entry = held("1", cause="a")
    for hours in range(1, 40):
        at = NOW + timedelta(hours=hours)
        entry = move(entry, State.CLAIMED, at, claim=str(hours))
        entry = move(entry, State.REJECTED, at, cause="refused")
    (cause,) = causes_of([entry], API, NOW + timedelta(hours=40), 8)
    assert cause.since == NOW
    crossed = move(
        move(entry, State.CLAIMED, NOW + timedelta(hours=41), claim="x"),
        State.CONFIRMED,
        NOW + timedelta(hours=41),
    )
    again = move(crossed, State.HELD, NOW + timedelta(hours=50), cause="b", retry_at=NOW)
    (cause,) = causes_of([again], API, NOW + timedelta(hours=51), 8)
    assert cause.since == NOW + timedelta(hours=50)
    assert causes_of([crossed], API, NOW + timedelta(hours=51), 8) == ()


def test_whoever_has_no_terminal_finds_all_records_of_a_large_cause() -> None:
    entries = [held(str(n), cause="x", title=f"Job {n}") for n in range(25)]
    (cause,) = causes_of(entries, API, NOW, 8)
    pads = Launchpads("http://dagster.example:3000", "ours", "", "north wind")

    mail = write_letter(Notice("new-x", False, (cause,)), "north", "UTC", NOW, pads)

    assert (
        "all of them: http://dagster.example:3000/assets/north%20wind/jobs?view=checks" in mail.text
    )

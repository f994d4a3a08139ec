"""What a night found is not equal reaches people by mail, with links and in words of their own."""

from datetime import UTC, datetime, timedelta

from st_spectrum.alerts.deciding import decide_mails
from st_spectrum.alerts.differences import causes_of_differences
from st_spectrum.alerts.digest import write_letter
from st_spectrum.alerts.launchpads import NOWHERE
from st_spectrum.ledger.documents.closing import FoundDifferences, NotEqual
from st_spectrum.ledger.documents.mails import Known

NIGHT = datetime(2026, 4, 3, 8, tzinfo=UTC)
API = "https://api.servicetrade.example/api"


def letters(found: FoundDifferences) -> list[str]:
    causes = list(causes_of_differences("invoices", found, API))
    notices, _ = decide_mails(causes, Known(0, NIGHT, {}, frozenset()), NIGHT, 24)
    return [
        f"{letter.subject}\n{letter.text}"
        for letter in (write_letter(one, "acme", "UTC", NIGHT, NOWHERE) for one in notices)
    ]


def test_a_mail_counts_the_differences_and_names_the_first_with_a_link() -> None:
    words = "Sales_Tax_Amount of Invoice 7 (10482 I): edited in Spectrum"
    first = tuple(NotEqual(str(key), f"Invoice {key}", words) for key in range(7, 27))
    (letter,) = letters(FoundDifferences(NIGHT, 60, first))
    assert letter.startswith("[acme] invoices: 60 differences: not the same in ServiceTrade and")
    assert words in letter and "Both sides are not equal" in letter
    assert "/invoice/7" in letter and "Invoice 16" in letter and "Invoice 17" not in letter


def test_each_open_sum_is_one_sentence_for_the_controller_told_once_and_then_closed() -> None:
    sums = tuple(
        f"invoices of 2026-05, GL account {code}: ServiceTrade 9.00, Spectrum 8.00, difference 1.00"
        for code in range(4000, 4012)
    )
    found = FoundDifferences(NIGHT, open_sum_count=len(sums), open_sums=sums)
    (letter,) = letters(found)
    assert letter.startswith("[acme] invoices: 12 sums: does not add up, and no record is named")
    assert "who: The controller" in letter
    assert all(sentence in letter for sentence in sums[:10])
    assert "... and 2 more; `st-spectrum reconcile --both-sides` lists them all." in letter

    causes = list(causes_of_differences("invoices", found, API))
    _, known = decide_mails(causes, Known(0, NIGHT, {}, frozenset()), NIGHT, 24)
    assert decide_mails(causes, known, NIGHT + timedelta(hours=1), 24) == ((), known)
    (digest,), _ = decide_mails([], known, NIGHT + timedelta(hours=25), 24)
    assert [one.text for one in digest.solved] == ["does not add up, and no record is named"]


def test_what_was_signed_and_has_changed_is_for_the_controller() -> None:
    change = "invoices of 2026-03 changed since Mary signed it on 2026-04-02: approved 1.00 then."
    (letter,) = letters(FoundDifferences(NIGHT, changes=(change,)))
    assert "who: The controller" in letter
    assert change.rstrip(".") in letter


def test_what_is_equal_is_no_reason_for_a_mail() -> None:
    assert letters(FoundDifferences(NIGHT)) == []
    assert list(causes_of_differences("invoices", None, API)) == []

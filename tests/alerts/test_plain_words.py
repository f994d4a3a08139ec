"""A mail about what stopped the integration says nothing of Dagster's insides."""

import re
from datetime import UTC, datetime

import pytest

from st_spectrum.alerts.deciding import Notice
from st_spectrum.alerts.digest import write_letter
from st_spectrum.alerts.failures import Failures, causes_of_failures
from st_spectrum.alerts.plain_words import UNKNOWN, plain
from st_spectrum.assets.run_words import WORDS
from st_spectrum.domain import errors
from st_spectrum.ledger.documents.mails import FailedRun, ReportedCause

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
INSIDES = re.compile(
    r"\b(?:the|a|failed) runs?\b|\b(?:sensors?|ticks?|ops?|assets?|daemon|config|code server)\b"
    r"|Dagster[A-Z]|dagster\.",
    re.IGNORECASE,
)
SAID = (
    *(sentence.format(60, 60) for _, sentence in WORDS),
    'dagster._core.errors.DagsterExecutionStepExecutionError: Error occurred in op "sync"',
    "Could not load the code location: gRPC Error code: UNAVAILABLE",
    "ServiceTrade does not answer",
    "KeyError: 'id'",
)


def mail_of(said: str, *, is_tick: bool = False) -> str:
    text = f"ticks fail: {said}" if is_tick else said
    run = FailedRun(
        "north_sync_jobs", "0123456789abcdef", NOW, text, said, keys=("7",), is_tick=is_tick
    )
    causes = causes_of_failures([Failures(run, NOW, 2, (run.run_id,))], "https://dagster", NOW)
    solved = ReportedCause("sensors" if is_tick else "runs", text, 1, NOW, noun="failed runs")
    letter = write_letter(
        Notice("n", True, causes, frozenset({causes[0].id}), (solved,)), "north", "UTC", NOW
    )
    assert "NEW integration:" in letter.text
    return f"{letter.subject}\n{letter.text}"


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("is_tick", [False, True])
def test_no_phrase_of_dagsters_insides_is_in_a_mail(said: str, is_tick: bool) -> None:
    text = mail_of(said, is_tick=is_tick).replace("https://dagster/runs/", "")
    assert INSIDES.search(text) is None, text


def test_what_a_system_said_is_told_as_it_is_with_the_records_and_the_link() -> None:
    text = mail_of("Spectrum does not answer")
    assert "integration: Spectrum does not answer" in text
    assert "Records: 7." in text
    assert "https://dagster/runs/0123456789abcdef" in text
    assert "north sync jobs, in Dagster 01234567, 2 times" in text


def test_the_advice_of_every_family_of_faults_is_told_as_it_is() -> None:
    families = [
        one for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, errors.SyncFault) and one.advice
    ]  # fmt: skip
    assert len(families) > 5
    assert [one.advice for one in families if plain(one.advice) == UNKNOWN] == []

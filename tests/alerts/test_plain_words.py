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
from st_spectrum.engine.allowance import Vanished
from st_spectrum.engine.retries.causes import cause_of
from st_spectrum.ledger.documents.mails import FailedRun, ReportedCause
from st_spectrum.workers.run_task import KILLED, WORKER_GONE

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


LOST_WORKER = (
    WORKER_GONE,
    "The process that carried the run out is gone.",
    KILLED,
)


@pytest.mark.parametrize("said", LOST_WORKER)
def test_a_mail_about_a_lost_worker_says_what_happens_by_itself_and_when_to_act(said: str) -> None:
    text = mail_of(said)
    assert "what to do: Nothing is to be done the first time: records are asked for again" in text
    assert "happens again within the day, see in Dagster" in text


def test_a_failure_of_another_kind_is_to_be_looked_at() -> None:
    assert "what to do: See in Dagster what it did" in mail_of("KeyError: 'id'")


def test_the_subject_about_a_suspicious_plan_says_what_is_suspicious() -> None:
    plan = errors.UnsafePlan("of 900 companies 870 are gone")
    gone = Vanished("timecards", "servicetrade", ("1",), "1 is gone", is_suspicious=True).fault()
    assert cause_of(plan) == "far more is different at once than usual, so nothing was sent"
    assert cause_of(gone) == (
        "far more is gone at once than usual, so nothing was removed or called deleted"
    )

"""What stopped the integration, in words for people who know Dagster as a page with a button. Pure.

Failures are kept as Dagster tells them; a mail says the same without its runs, sensors, ticks and
classes.
"""

import re
from dataclasses import replace

from st_spectrum.alerts.causes import Affected, Cause
from st_spectrum.alerts.failures import LOOK_THERE
from st_spectrum.engine.people.root_causes import NOT_LOOKED_AT
from st_spectrum.ledger.documents.mails import ReportedCause

LABEL = "integration"
NOUNS = {"failed runs": "failed attempts", "sensors": "failed attempts"}
"""Causes that are about the integration itself, by what they count; and what a mail counts."""

WORDS = (
    (r"^ticks fail: ", "looking for changes fails: "),
    (r"\b(The|This) (?:run|tick)\b", "It"),
    (r"\b(the|this) (?:run|tick)\b", "it"),
    (r"\bwith a config that\b", "with settings that"),
    (r"\bThe code server of the account\b", "The program of the account"),
)
INSIDES = re.compile(
    r"\bdagster\w*[._]\w|\bDagster[A-Z]\w+|\b(?:a|failed|its|of|for) runs?\b"
    r"|\b(?:sensors?|ticks?|ops?|assets?|daemon|gRPC|backfills?|launcher|partitions?)\b"
    r"|\b(?:code (?:server|location)|run worker|step key|IO manager)\b"
)
"""What tells of Dagster's insides. "Whoever runs the system" does not."""
UNKNOWN = "The program was stopped by a fault of its own, or of its set-up."


def is_of_the_integration(noun: str) -> bool:
    """Whether a cause counts failures and no records."""
    return noun in NOUNS


def plain(text: str, otherwise: str = UNKNOWN) -> str:
    """The same without a phrase of Dagster's insides; `otherwise` where that cannot be said."""
    for pattern, words in WORDS:
        text = re.sub(pattern, words, text)
    return otherwise if INSIDES.search(text) else text


def heading_text(text: str) -> str:
    """What a cause is called in a heading; its id goes on being made of the other words."""
    return "nothing has looked at it yet" if text == NOT_LOOKED_AT else " ".join(text.split())


def plain_cause(cause: Cause) -> Cause:
    """As a mail shows it; one about records is shown as it is."""
    if not is_of_the_integration(cause.noun):
        return cause
    return replace(
        cause,
        flow=LABEL,
        text=plain(cause.text),
        advice=plain(cause.advice, LOOK_THERE),
        noun=NOUNS[cause.noun],
        affected=tuple(map(_plain_place, cause.affected)),
    )


def plain_reported(cause: ReportedCause) -> ReportedCause:
    """The same of one that is solved."""
    if not is_of_the_integration(cause.noun):
        return cause
    return replace(cause, flow=LABEL, text=plain(cause.text), noun=NOUNS[cause.noun])


def _plain_place(place: Affected) -> Affected:
    said, records = place.why, ""
    if " Records: " in said:
        said, _, keys = said.partition(" Records: ")
        records = f" Records: {keys}"
    title = re.sub(r", run ([0-9a-f]{8})", r", in Dagster \1", place.title).replace("_", " ")
    return replace(place, title=title, why=f"{plain(said)}{records}")

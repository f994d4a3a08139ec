"""One asset check per flow: `nothing_needs_attention` lists the records that do not go on alone."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import dagster as dg

from st_spectrum.alerts.links import record_link
from st_spectrum.alerts.open_causes import open_roots
from st_spectrum.assets.causes import causes_table, launchpads_of
from st_spectrum.assets.doubles import doubles_table
from st_spectrum.assets.flow_checks import FlowCheck, Look
from st_spectrum.domain import markdown
from st_spectrum.domain.markdown import linked
from st_spectrum.engine.guards.doubles import kept_doubles
from st_spectrum.engine.retries.attention import needs_a_person, standing_since
from st_spectrum.engine.rounds.held_back import held_back
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.documents.guards import Double, HeldBack
from st_spectrum.ledger.entry import Entry

CHECK = "nothing_needs_attention"
ROWS_SHOWN = 50


def attention_check(flow: str) -> FlowCheck:
    """The check of one flow. It only warns: one record is no reason to stop the others."""
    return FlowCheck(
        CHECK,
        f"No record of {flow} was refused, is in doubt for minutes, or waits for something a"
        " person must do.",
        what_needs_attention,
    )


def what_needs_attention(look: Look) -> dg.AssetCheckResult:
    """The result for one flow, with what must be done, and what stands twice."""
    entries, settings = look.open_entries, look.account
    doubles = kept_doubles(look.ledger, look.flow)
    roots = open_roots(look.ledger, (look.flow,)) if entries else ()
    attempts = settings.pace.attempts_before_a_person
    result = verdict(entries, attempts, datetime.now(UTC), settings.servicetrade.base_url)
    pads = launchpads_of(look.context.run, settings.support.dagster_url, look.names)
    causes = causes_table(roots, settings.servicetrade.base_url, pads)
    result = with_held_back(result, held_back(look.ledger, look.flow))
    return with_doubles(with_causes(result, causes), doubles)


def verdict(
    entries: Iterable[Entry], attempts: int, now: datetime, api_url: str = ""
) -> dg.AssetCheckResult:
    """The result for the open entries of a flow; `api_url` makes the records links."""
    open_entries = list(entries)
    found = [entry for entry in open_entries if needs_a_person(entry, now, attempts, FLOWS)]
    return dg.AssetCheckResult(
        passed=not found,
        severity=dg.AssetCheckSeverity.WARN,
        description=(
            f"{len(found)} of {len(open_entries)} unfinished records need a person."
            if found
            else ""
        ),
        metadata={
            "need_attention": len(found),
            "unfinished": len(open_entries),
            "records": dg.MetadataValue.md(table(found, api_url)),
        },
    )


def with_causes(result: dg.AssetCheckResult, causes: str) -> dg.AssetCheckResult:
    """The same with what must be done above it."""
    return dg.AssetCheckResult(
        passed=result.passed,
        severity=result.severity,
        description=result.description,
        metadata={"causes": dg.MetadataValue.md(causes), **result.metadata},
    )


def with_held_back(result: dg.AssetCheckResult, beyond: HeldBack | None) -> dg.AssetCheckResult:
    """The same with what goes beyond the limits of the account file."""
    if beyond is None:
        return result
    said = f"{beyond.said}. {beyond.advice}"
    return dg.AssetCheckResult(
        passed=False,
        severity=result.severity,
        description=" ".join(filter(None, (said, result.description))),
        metadata={**result.metadata, "beyond_limits": dg.MetadataValue.int(len(beyond.keys))},
    )


def with_doubles(result: dg.AssetCheckResult, doubles: Sequence[Double]) -> dg.AssetCheckResult:
    """The same with what the last night found twice: money that may be paid twice is an error."""
    if not doubles:
        return result
    errors = sum(double.is_error for double in doubles)
    sentence = (
        f"{len(doubles)} keys of ours stand where they should not, {errors} of them certainly"
        " twice."
    )
    return dg.AssetCheckResult(
        passed=result.passed and not errors,
        severity=dg.AssetCheckSeverity.ERROR if errors else dg.AssetCheckSeverity.WARN,
        description=" ".join(filter(None, (sentence, result.description))),
        metadata={
            **result.metadata,
            "standing_twice": dg.MetadataValue.int(len(doubles)),
            "doubles": dg.MetadataValue.md(doubles_table(doubles)),
        },
    )


def table(entries: Iterable[Entry], api_url: str = "") -> str:
    """The records as Markdown, the oldest first."""
    oldest_first = sorted(entries, key=standing_since)
    if not oldest_first:
        return "None."
    head = ("Record", "Key", "State", "Why", "What to do", "Since (UTC)")
    rows = (
        (
            entry.title,
            _id(entry, api_url),
            entry.state,
            entry.reason,
            entry.advice,
            f"{standing_since(entry):%Y-%m-%d %H:%M}",
        )
        for entry in oldest_first
    )
    return markdown.table(head, rows, most=ROWS_SHOWN)


def _id(entry: Entry, api_url: str) -> markdown.Markdown:
    return linked(entry.key, record_link(api_url, entry.flow, entry.key) if api_url else "")

"""What a run says about itself in the Dagster UI: numbers to plot, and tables to read."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.domain.markdown import in_a_line, table
from st_spectrum.engine.retries.delays import share_of

if TYPE_CHECKING:
    from st_spectrum.engine.report import Report

ROWS_SHOWN = 50


MONEY_NAMES = {"approved": "money_in", "posted": "money_out"}
"""Money comes in from ServiceTrade and goes out to Spectrum; the other sums are called `money_` and
their own name.
"""


def report_metadata(
    report: "Report", asked: int, seconds: float, link_to: Callable[[str], str] = lambda _: ""
) -> dict[str, dg.MetadataValue]:
    """Counts of every result, sums of money where there is money, causes, notes and the table of
    the records.

    `asked` is the size of the batch: what was not reached before a system stopped the run is the
    difference. `seconds` is wall time of the whole batch; the rate is in records per second.
    `link_to` gives a record's address by its key.
    """
    records = len(report.outcomes)
    return {
        **{result: dg.MetadataValue.int(count) for result, count in report.counts().items()},
        **money_metadata(report),
        "records": dg.MetadataValue.int(records),
        "not_reached": dg.MetadataValue.int(asked - records),
        "writes": dg.MetadataValue.int(report.writes),
        "waits_in_all": dg.MetadataValue.int(report.waits),
        "seconds": dg.MetadataValue.float(round(seconds, 3)),
        "records_per_second": dg.MetadataValue.float(
            round(records / seconds, 2) if seconds > 0 else 0.0
        ),
        **delays(report),
        "holds_by_cause": dg.MetadataValue.md(causes_table(report.holds_by_cause())),
        "notes": dg.MetadataValue.md(notes_list(report)),
        "records_table": dg.MetadataValue.md(report.markdown(ROWS_SHOWN, link_to)),
    }


def delays(report: "Report") -> dict[str, dg.MetadataValue]:
    """How long the records of this run took from their change at the source until they had crossed:
    half of them, nearly all, the slowest.
    """
    known = sorted(
        outcome.delay_seconds for outcome in report.outcomes if outcome.delay_seconds is not None
    )
    if not known:
        return {}
    shares = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    return {
        f"delay_{name}_seconds": dg.MetadataValue.float(round(share_of(known, share), 1))
        for name, share in shares.items()
    }


def money_metadata(report: "Report") -> dict[str, dg.MetadataValue]:
    """Sums as numbers, to be plotted, and whether they agree; nothing without money."""
    money = report.money()
    if not money:
        return {}
    sums = {MONEY_NAMES.get(name, f"money_{name}"): amount for name, amount in money.items()}
    # For the eye and the plot alone; a float holds every cent of such sums exactly enough to print
    # it.
    plotted = {name: dg.MetadataValue.float(float(amount)) for name, amount in sums.items()}
    return {**plotted, "money_agrees": dg.MetadataValue.bool(report.money_agrees())}


def causes_table(causes: Mapping[str, int]) -> str:
    """Why records wait, most frequent first."""
    if not causes:
        return "Nothing is held."
    most_first = sorted(causes.items(), key=lambda item: -item[1])
    rows = ((cause, str(count)) for cause, count in most_first)
    return table(("Waits because", "Records"), rows, numbers=(1,))


def notes_list(report: "Report") -> str:
    """What was made fit on the way, such as a short name: one line per note, up to `ROWS_SHOWN`."""
    lines = [
        f"* **{in_a_line(outcome.title)}**: {in_a_line(note)}"
        for outcome in report.outcomes
        for note in outcome.notes
    ]
    more = len(lines) - ROWS_SHOWN
    return (
        "\n".join(lines[:ROWS_SHOWN] + ([f"* ... and {more} more"] if more > 0 else []))
        or "Nothing was changed."
    )

"""A payroll week on its page in Dagster: verdict, what needs somebody, both sides' totals, its
rows, and numbers to plot.
"""

from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.alerts.payroll_page import Row, Table, table_as_markdown
from st_spectrum.alerts.payroll_tables import needs_table, totals_table, week_table
from st_spectrum.alerts.payroll_view import GROUPINGS, WeekView
from st_spectrum.assets.metadata import report_metadata

if TYPE_CHECKING:
    from st_spectrum.engine.report import Report

CHECK = "week_agrees"
ROWS_SHOWN = 200
"""Pieces of time in the table on the page; the file has all."""

NEEDS_SHOWN = 50
"""Lines of what needs somebody, written out on the page."""


def week_metadata(view: WeekView, report: "Report", seconds: float) -> dict[str, dg.MetadataValue]:
    """The week for a clerk, beside what a run says of the records that it carried."""
    total = view.total
    carried = report_metadata(report, len(report.outcomes), seconds)
    del carried["records_table"]
    return {
        "verdict": dg.MetadataValue.text(view.verdict()),
        "needs_you": _written_out(needs_table(view, NEEDS_SHOWN))
        if view.pieces
        else dg.MetadataValue.text("Nothing."),
        "hours": dg.MetadataValue.md(table_as_markdown(_sums(view))),
        **{
            f"by_{grouping}": dg.MetadataValue.md(table_as_markdown(totals_table(view, grouping)))
            for grouping in GROUPINGS
        },
        "rows": dg.MetadataValue.md(table_as_markdown(week_table(view, ROWS_SHOWN))),
        "missed_by_the_fast_path": dg.MetadataValue.int(view.missed),
        "missed_and_sent_now": dg.MetadataValue.int(view.caught),
        "pieces_of_time": dg.MetadataValue.int(len(view.rows)),
        "pieces_that_need_you": dg.MetadataValue.int(len(view.pieces)),
        "hours_in_servicetrade": dg.MetadataValue.float(float(total.servicetrade)),
        "hours_in_payroll": dg.MetadataValue.float(float(total.payroll)),
        "hours_that_differ": dg.MetadataValue.float(float(total.differs)),
        **carried,
    }


def week_agrees(view: WeekView) -> dg.AssetCheckResult:
    """The asset check of a week. It warns: nothing is wrong with the run, somebody has to look."""
    return dg.AssetCheckResult(
        check_name=CHECK,
        passed=view.is_fine,
        severity=dg.AssetCheckSeverity.WARN,
        description=view.verdict(),
        metadata={
            "changed_after_it_was_sent": len(view.changed),
            "other_hours_in_payroll": len(view.differing),
            "not_in_payroll": len(view.waiting),
            "hours_that_differ": float(view.total.differs),
        },
    )


def _sums(view: WeekView) -> Table:
    total = view.total
    hours = (
        ("Approved in ServiceTrade", total.servicetrade),
        ("In payroll", total.payroll),
        ("Difference", total.difference),
    )
    return Table(
        ("Hours", ""), tuple(Row((name, f"{value:,.2f}")) for name, value in hours), frozenset({1})
    )


def _written_out(table: Table) -> dg.TableMetadataValue:
    """Dagster shows such a table on the page itself, and Markdown of this size behind a button."""
    columns = [dg.TableColumn(name, "string") for name in table.head]
    records = [dg.TableRecord(dict(zip(table.head, row.cells, strict=True))) for row in table.rows]
    if table.more:
        records.append(
            dg.TableRecord({**dict.fromkeys(table.head, ""), table.head[-1]: table.more})
        )
    return dg.MetadataValue.table(records, dg.TableSchema(columns))

"""What a comparison of both sides says of itself in Dagster: tables first, no rows of zeros, and
names behind every difference.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import dagster as dg

from st_spectrum.domain.equation import Line
from st_spectrum.domain.period_comparison import unnamed_sums

if TYPE_CHECKING:
    from st_spectrum.domain.compared import FlowCompared
    from st_spectrum.domain.differences import Difference
    from st_spectrum.domain.equation import ControlTotal, Equation
    from st_spectrum.domain.period_comparison import PeriodComparison

ROWS_SHOWN = 200

Metadata = dict[str, dg.MetadataValue]

DIFFERENCE_HEAD = ("Record", "What", "Sent", "ServiceTrade", "Spectrum")


def flow_metadata(compared: "FlowCompared", changes: Sequence[str], now: datetime) -> Metadata:
    """Of a flow: what is not equal, the equation of each period, and numbers to plot. `changes` are
    sentences about periods that are not as they were signed.
    """
    faults, late = len(compared.faults), len(compared.late(now))
    return {
        **differences_metadata(compared.differences, now),
        **equations_metadata(compared.equations),
        **_totals_without_period(compared.totals),
        **({"changed_since_signed": dg.MetadataValue.text(" ".join(changes))} if changes else {}),
        **({"not_seen": dg.MetadataValue.text(compared.not_seen)} if compared.not_seen else {}),
        "verdict": dg.MetadataValue.text(flow_verdict(compared, now)),
        "to_be_put_right": dg.MetadataValue.int(late),
        "on_its_way": dg.MetadataValue.int(faults - late),
        "information": dg.MetadataValue.int(len(compared.differences) - faults),
        "compared": dg.MetadataValue.int(compared.compared),
    }


def flow_verdict(compared: "FlowCompared", now: datetime) -> str:
    """One sentence for people."""
    if compared.unseen:
        return f"Not seen. {compared.unseen}"
    if late := len(compared.late(now)):
        return f"Not equal: {late} difference{'' if late == 1 else 's'} to be put right."
    if sums := "; ".join(unnamed_sums(compared)):
        return f"Not equal: {sums}."
    if compared.unproven:
        return f"Equal as far as it was seen. {compared.unproven}"
    if young := len(compared.faults):
        return f"Both sides are equal but for {young} on {'its' if young == 1 else 'their'} way."
    return f"Both sides are equal{' but for information' if compared.differences else ''}."


def period_metadata(compared: "PeriodComparison", signed: str) -> Metadata:
    """Of a month or payroll week: the control totals first, what differs above the rest."""
    equations = (compared.equation,) if compared.equation else ()
    nothing = dg.MetadataValue.text(f"Nothing in {compared.period}.")
    rest = compared.approved - compared.accepted
    return {
        "control_totals": _totals_table(compared.totals) if compared.totals else nothing,
        **equations_metadata(equations),
        **differences_metadata(compared.differences),
        "verdict": dg.MetadataValue.text(compared.verdict),
        "signed": dg.MetadataValue.text(signed or "Nobody has signed it."),
        "digest": dg.MetadataValue.text(compared.digest),
        "approved": dg.MetadataValue.float(float(compared.approved)),
        "accepted": dg.MetadataValue.float(float(compared.accepted)),
        "not_accepted": dg.MetadataValue.float(float(rest)),
    }


def _totals_table(totals: "Sequence[ControlTotal]") -> dg.MetadataValue:
    rows = (
        (
            *(total.period, total.dimension, total.code, _amount_text(total.servicetrade)),
            *(
                _amount_text(total.spectrum),
                _amount_text(total.difference) if total.difference else "",
            ),
        )
        for total in sorted(totals, key=lambda total: not total.difference)
    )
    head = ("Period", "Total of", "Code", "ServiceTrade", "Spectrum", "Difference")
    return _written_out(head, rows, ROWS_SHOWN)


def _totals_without_period(totals: "Sequence[ControlTotal]") -> Metadata:
    """Those of a period stand on its own page."""
    found = [total for total in totals if not total.period]
    return {"control_totals": _totals_table(found)} if found else {}


def differences_metadata(
    differences: "Sequence[Difference]", now: datetime | None = None
) -> Metadata:
    """What is to be put right above what is information. Without `now` nothing is too young: no
    period is signed without it.
    """
    if not differences:
        return {}
    sorted_rows = sorted(differences, key=lambda difference: not difference.is_fault)
    rows = [
        (
            f"{difference.title} ({difference.target_key or difference.key})",
            " ".join(filter(None, (difference.field, difference.verdict, _note(difference, now)))),
            *(difference.sent or "", difference.source or "", difference.target or ""),
        )
        for difference in sorted_rows
    ]
    return {"differences": _written_out(DIFFERENCE_HEAD, rows, ROWS_SHOWN)}


def _note(difference: "Difference", now: datetime | None) -> str:
    if now is not None and difference.is_on_its_way(now):
        return "[on its way]"
    return "" if difference.is_fault else "[information]"


def equations_metadata(equations: "Sequence[Equation]") -> Metadata:
    """Where money or hours of each period are, and the names behind what is not accepted."""
    if not equations:
        return {}
    lines = [
        (equation.period or "no date", name, _amount_text(amount))
        for equation in equations
        for name, amount in ((equation.asked, equation.approved), *_lines(equation))
    ]
    found = {"equation": _written_out(("Period", "Line", "Amount"), lines, ROWS_SHOWN)}
    if names := [row for equation in equations for row in _names(equation)]:
        head = ("Period", "Line", "Record", "Amount", "Why")
        found["names"] = _written_out(head, names, ROWS_SHOWN)
    return {**found}


def _lines(equation: "Equation") -> "Iterator[tuple[str, Decimal]]":
    for line, amount in equation.lines.items():
        if amount:
            since = equation.unposted_since if line is Line.NOT_POSTED else None
            age = f", the oldest since {since:%Y-%m-%d}" if since else ""
            yield f"{equation.name_of(line)}{age}", amount


def _names(equation: "Equation") -> Iterator[tuple[str, str, str, str, str]]:
    records = sorted(equation.records, key=lambda record: record.line is not Line.DIFFERENCE)
    for record in records:
        if record.rest:
            period = equation.period or "no date"
            name = equation.name_of(record.line)
            yield period, name, record.title, _amount_text(record.rest), record.reason


def _written_out(
    head: Sequence[str], rows: Iterable[Sequence[str]], most: int
) -> dg.TableMetadataValue:
    """A table of texts; of more than `most` rows the rest is counted in the last one."""
    kept = [tuple(map(str, row)) for row in rows]  # of an enumeration Dagster stores no member
    if (left := len(kept) - most) > 0:
        kept = [*kept[:most], (f"... and {left} more.", *[""] * (len(head) - 1))]
    records = [dg.TableRecord(dict(zip(head, row, strict=True))) for row in kept]
    return dg.MetadataValue.table(
        records, dg.TableSchema([dg.TableColumn(name, "string") for name in head])
    )


def _amount_text(amount: Decimal) -> str:
    """Dollars or hours."""
    return f"{amount:,.2f}"

"""A comparison of both sides cut down to one period, which people export and sign. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from st_spectrum.domain.compared import FlowCompared
from st_spectrum.domain.differences import Difference
from st_spectrum.domain.digests import digest
from st_spectrum.domain.equation import NOTHING, ControlTotal, Equation, Line

NAMED = 3
"""So many records behind a sum are named in a sentence."""


@dataclass(frozen=True)
class PeriodComparison:
    """One month or payroll week of a flow: what is not equal, the equation, and the control totals
    that are not zero on both sides. `unseen` says why nothing could be compared.
    """

    flow: str
    period: str
    differences: tuple[Difference, ...]
    equation: Equation | None
    totals: tuple[ControlTotal, ...]
    unseen: str = ""

    @classmethod
    def of(cls, compared: FlowCompared, period: str) -> "PeriodComparison":
        """What a comparison says of one of its periods. A difference that belongs to no record of
        any period counts where only one was compared.
        """
        equation = next((one for one in compared.equations if one.period == period), None)
        differences = compared.differences
        if len(compared.equations) > 1:
            keys = {record.key for record in equation.records} if equation else set()
            differences = tuple(one for one in differences if one.key in keys)
        totals = tuple(
            total
            for total in compared.totals
            if total.period == period and (total.servicetrade or total.spectrum)
        )
        return cls(compared.flow, period, differences, equation, totals, compared.unseen)

    @property
    def approved(self) -> Decimal:
        """By ServiceTrade now, in dollars or hours."""
        return self.equation.approved if self.equation else NOTHING

    @property
    def accepted(self) -> Decimal:
        """What of it stands in Spectrum now, posted or not."""
        if self.equation is None:
            return NOTHING
        return self.equation.lines[Line.POSTED] + self.equation.lines[Line.NOT_POSTED]

    @property
    def unequal_totals(self) -> tuple[ControlTotal, ...]:
        """Those that are not the same on both sides."""
        return tuple(total for total in self.totals if total.difference)

    @property
    def faults(self) -> tuple[Difference, ...]:
        """What somebody has to put right."""
        return tuple(difference for difference in self.differences if difference.is_fault)

    @property
    def open_sums(self) -> tuple[str, ...]:
        """What does not add up, whatever is named: of the equation, and of control totals."""
        found = []
        if self.equation and not self.equation.closes:
            rest = self.equation.lines[Line.DIFFERENCE]
            names = len(self.equation.of(Line.DIFFERENCE))
            found.append(f"{rest:,.2f} of {_count(names, 'record')} is not explained")
        if unequal := len(self.unequal_totals):
            differs = "differs" if unequal == 1 else "differ"
            found.append(f"{_count(unequal, 'control total')} {differs}")
        return tuple(found)

    @property
    def is_equal(self) -> bool:
        """Whether both sides were seen, and nothing is left over that no line explains."""
        return not any(self._problems())

    @property
    def verdict(self) -> str:
        """One sentence for people."""
        problems = "; ".join(self._problems())
        return f"Not equal: {problems}." if problems else "Both sides are equal."

    @property
    def digest(self) -> str:
        """Of what is signed: the sums of both sides. What is posted after the sign-off changes
        none of them.
        """
        rows = [
            (total.dimension, total.code, _text(total.servicetrade), _text(total.spectrum))
            for total in self.totals
        ]
        return digest([sorted(rows), _text(self.approved), _text(self.accepted)])

    def _problems(self) -> Iterator[str]:
        if self.unseen:
            yield f"it cannot be seen. {self.unseen.rstrip('.')}"
        if self.faults:
            yield f"{_count(len(self.faults), 'difference')} to be put right"
        yield from self.open_sums


def periods_of(compared: FlowCompared) -> Iterator[PeriodComparison]:
    """Each period that a comparison has sums of."""
    periods = (
        *(equation.period for equation in compared.equations),
        *(total.period for total in compared.totals),
    )
    return (PeriodComparison.of(compared, period) for period in dict.fromkeys(periods))


def has_open_sums(compared: FlowCompared) -> bool:
    """Whether an equation does not close or a control total differs. What waits, was refused or is
    in doubt leaves none open.
    """
    return any(period.open_sums for period in periods_of(compared))


def unnamed_sums(compared: FlowCompared) -> Iterator[str]:
    """What does not add up in periods of which no difference to be put right is named."""
    for one in _unnamed_periods(compared):
        yield f"{_of_period(one)}: {'; '.join(one.open_sums)}"


def each_unnamed_sum(compared: FlowCompared) -> Iterator[str]:
    """The same sum by sum, each with both of its amounts and their difference."""
    for one in _unnamed_periods(compared):
        if one.equation and (rests := one.equation.of(Line.DIFFERENCE)):
            open_rest = one.equation.lines[Line.DIFFERENCE]
            names = ", ".join(f"{record.title} {record.rest:,.2f}" for record in rests[:NAMED])
            more = f" and {len(rests) - NAMED} more" if len(rests) > NAMED else ""
            yield (
                f"{_of_period(one)}: {one.equation.asked} {one.approved:,.2f}, of it explained"
                f" {one.approved - open_rest:,.2f}, difference {open_rest:,.2f} ({names}{more})"
            )
        for total in one.unequal_totals:
            yield (
                f"{_of_period(one)}, {total.dimension} {total.code or 'blank'}:"
                f" ServiceTrade {total.servicetrade:,.2f}, Spectrum {total.spectrum:,.2f},"
                f" difference {total.difference:,.2f}"
            )


def _unnamed_periods(compared: FlowCompared) -> Iterator[PeriodComparison]:
    return (one for one in periods_of(compared) if one.open_sums and not one.faults)


def _of_period(one: PeriodComparison) -> str:
    return f"{one.flow} of {one.period}" if one.period else one.flow


def only_period(compared: FlowCompared, period: str) -> FlowCompared:
    """A comparison of some periods without the others. What belongs to none of them stays: nobody
    could say that it is another one's.
    """
    others = {
        record.key
        for equation in compared.equations
        if equation.period != period
        for record in equation.records
    }
    return replace(
        compared,
        differences=tuple(one for one in compared.differences if one.key not in others),
        equations=tuple(one for one in compared.equations if one.period == period),
        totals=tuple(one for one in compared.totals if one.period == period),
    )


def _text(amount: Decimal) -> str:
    return f"{amount:.4f}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else f'{noun}s'}"

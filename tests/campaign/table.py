"""The sums of a campaign, and how they are printed."""

from collections import Counter
from dataclasses import dataclass, field

from tests.campaign.tally import Tally
from tests.campaign.trial import KINDS, Block

MOST_FOUND = 20
"""Failing histories that are printed."""


@dataclass
class Sums:
    """All blocks together."""

    histories: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    by_case: Counter[str] = field(default_factory=Counter)
    failed_by_case: Counter[str] = field(default_factory=Counter)
    tally: Tally = field(default_factory=Tally)
    reported: int = 0
    late: int = 0
    found: list[str] = field(default_factory=list)
    said: int = 0

    def add(self, block: Block) -> None:
        """One more block."""
        self.histories += block.histories
        self.failed.update(block.failed)
        self.by_case[block.case] += block.histories
        self.failed_by_case[block.case] += bool(block.found)
        self.tally += block.tally
        self.reported += block.reported
        self.late += block.late
        self.found += block.found

    def text(self, seconds: float, processes: int) -> str:
        """The table, and failing histories as tests."""
        made = self.tally
        rows = [
            f"{'histories':24}{self.histories:>10,}   {seconds:,.0f} s on {processes} processes",
            *(f"  {kind:22}{self.failed[kind]:>10,}   {self._bound(kind)}" for kind in KINDS),
            (
                f"{'records approved':24}{made.records:>10,}   {made.money:,.2f} of money,"
                f" {made.hours:,.2f} hours"
            ),
            (
                f"  {'missing, and told':22}{self.reported:>10,}   of {made.missing:,} missing:"
                f" {made.money_missing:,.2f}, {made.hours_missing:,.2f} h"
            ),
            (
                f"  {'doubled':22}{made.doubled:>10,}   {made.money_doubled:,.2f},"
                f" {made.hours_doubled:,.2f} h"
            ),
            f"  {'worked on by hand':22}{made.touched:>10,}",
            f"  {'later than assumed':22}{self.late:>10,}   stand twice and were told at night",
            "by case: "
            + ", ".join(
                f"{name} {count}" + (f" ({bad} blocks failed)" if bad else "")
                for name, count in sorted(self.by_case.items())
                if (bad := self.failed_by_case[name]) or True
            ),
        ]
        return "\n".join([*rows, *("\n" + test for test in self.found[:MOST_FOUND])])

    def _bound(self, kind: str) -> str:
        """What may still be true of a history, at 95 %: three in so many where none was seen."""
        if self.failed[kind] or not self.histories:
            return f"{self.failed[kind] / max(1, self.histories):.2%} of histories"
        return f"at most {3 / self.histories:.3%} of histories, at 95 %"

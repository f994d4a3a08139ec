"""The person of `make bench-first-day`, who knows who is who, and what the lists came to beside
that.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

from benchmarks.matching import RULE_OF_THREE
from st_spectrum.sandbox.ten_years import TenYearsBuilt

WORD, VERDICT = "your word", "verdict"
TO_LOOK_AT = ("look at these", "several for one")
AT_WORK = 300
"""Jobs by their number that may still be at work."""


@dataclass
class Person:
    """Decides rows as somebody would who asks both offices."""

    built: TenYearsBuilt
    newest_job: int
    truth: dict[str, list[str]] = field(init=False)
    """The customers that a company is, by its id."""
    never_sure: set[tuple[str, str]] = field(init=False)
    """Pairs that are one and yet a person's to decide."""
    _firsts: dict[str, str] = field(default_factory=dict)
    """The company that a customer is linked to: of two companies for one, the other is merged."""
    _linked: dict[str, str] = field(default_factory=dict)
    """The customer that a company is linked to: of two customers for one, the other is closed."""

    def __post_init__(self) -> None:
        ids, world = self.built.company_ids, self.built.matching
        self.truth = {}
        for here, there in sorted(world.truth):
            self.truth.setdefault(str(ids[here]), []).append(there)
        self.never_sure = {(str(ids[here]), there) for here, there in world.never_sure}

    def decide(self, out: Path) -> dict[str, Any]:
        """Write a word into every row that needs one; what the list came to."""
        book = openpyxl.load_workbook(out)
        counts: Counter[str] = Counter()
        pairs: list[tuple[str, str, str]] = []
        for sheet in book.worksheets:
            head = [str(cell.value) for cell in sheet[1]]
            for row in sheet.iter_rows(min_row=2):
                cells = {name: row[place] for place, name in enumerate(head)}
                verdict = str(cells[VERDICT].value)
                counts[f"{sheet.title}: {verdict}"] += 1
                if sheet.title == "jobs" and self._is_done(str(cells["Spectrum job"].value or "")):
                    cells[WORD].value = "ignore"
                if sheet.title == "match":
                    company, customer = (
                        str(cells[name].value or "") for name in ("company", "customer")
                    )
                    pairs.append((verdict, company, customer))
                    if verdict in ("sure", *TO_LOOK_AT):
                        cells[WORD].value = self._word(company, customer)
        book.save(out)
        return {**dict(sorted(counts.items())), **self._quality(pairs)}

    def _quality(self, pairs: list[tuple[str, str, str]]) -> dict[str, Any]:
        sure = [pair[1:] for pair in pairs if pair[0] == "sure"]
        right = {company for company, customer in sure if self._is_one(company, customer)}
        wrong = [pair for pair in sure if not self._is_one(*pair) or pair in self.never_sure]
        shown = {company for _, company, customer in pairs if self._is_one(company, customer)}
        look = {company for verdict, company, _ in pairs if verdict in TO_LOOK_AT and company}
        return {
            "sure": len(sure),
            "sure and wrong": len(wrong),
            "bound of the wrong among sure (3/n)": round(RULE_OF_THREE / max(len(sure), 1), 4),
            "found by sure": round(len(right) / len(self.truth), 3),
            "found by sure and look": round(len(shown) / len(self.truth), 3),
            "share of look": round(len(look) / len(self.built.company_ids), 3),
            "rows to look at": sum(verdict in TO_LOOK_AT for verdict, _, _ in pairs),
        }

    def _is_one(self, company: str, customer: str) -> bool:
        return customer in self.truth.get(company, ())

    def _word(self, company: str, customer: str) -> str:
        """A company that is nobody yet is new; one that is another's double stays as it is, for the
        two are to be merged.
        """
        if company not in self.truth:
            return "new"
        if customer not in self.truth[company]:
            return "ignore"
        is_first = self._firsts.setdefault(customer, company) == company
        is_linked = self._linked.setdefault(company, customer) == customer
        return "link" if is_first and is_linked else "ignore"

    def _is_done(self, number: str) -> bool:
        """Whether a job is so old that nothing more will be written for it: no need to link it."""
        return not number.isdigit() or int(number) < self.newest_job - AT_WORK

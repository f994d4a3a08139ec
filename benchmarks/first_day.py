"""`make bench-first-day`: a new user on a contractor with ten years of history: `init`, what is left to
decide, `check`, `match`, `plan`. Minutes, edits by hand, and what had to be looked up elsewhere.

The person of this measure knows who is who, and decides what a list asks for and nothing else.
"""

import argparse
import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
from typer.testing import CliRunner

from st_spectrum.cli import app
from st_spectrum.commands.sandbox import environment
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.ten_years import TenYears, TenYearsBuilt, fill_ten_years, first_new_day

WORD, VERDICT = "your word", "verdict"
AT_WORK = 300
"""Jobs by their number that may still be at work."""


@dataclass
class FirstDay:
    """One user, one folder, both systems."""

    sandbox: Sandbox
    built: TenYearsBuilt
    file: Path
    result: dict[str, Any] = field(default_factory=dict)
    _firsts: dict[str, str] = field(default_factory=dict)
    """The company that a customer is linked to: of two companies for one, the other is merged."""
    _linked: dict[str, str] = field(default_factory=dict)
    """The customer that a company is linked to: of two customers for one, the other is closed."""

    def command(self, *arguments: str) -> tuple[int, str]:
        """Its code and what it prints; how long it took is noted."""
        started = time.perf_counter()
        environ = environment(self.sandbox) | {"ST_SPECTRUM_ACCOUNT": str(self.file)}
        ended = CliRunner().invoke(app, list(arguments), env=environ)
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        seconds = self.result.setdefault("seconds", {})
        name = " ".join(part for part in arguments[:2] if part.isalpha())
        seconds[name] = round(seconds.get(name, 0) + time.perf_counter() - started, 1)
        return ended.exit_code, ended.stdout + ended.stderr

    def begin(self) -> None:
        """The file, and the lines that are left to a person."""
        code, text = self.command(
            "init", str(self.file), "--no-questions", "--name", self.file.stem,
            "--go-live", f"{first_new_day(datetime.now(UTC))}",
            "--servicetrade-url", self.sandbox.servicetrade_url,
            "--spectrum-url", self.sandbox.spectrum_url, "--company-code", "001",
            "--contacts", "controller@example.com", "--smtp-host", "127.0.0.1",
            "--smtp-port", str(self.sandbox.smtp_port),
        )  # fmt: skip
        if code:
            raise RuntimeError(text)
        lines = self.file.read_text(encoding="utf-8").splitlines()
        waiting = [line.strip() for line in lines if ": TODO " in line]
        self.result["lines that follow"] = sum("  # " in line for line in lines) - len(waiting)
        self.result["edits by hand"] = waiting
        self.result["looked up elsewhere"] = sum("no record" in line for line in waiting)
        decided = [_decided(line) if ": TODO " in line else line for line in lines]
        self.file.write_text("\n".join(decided), encoding="utf-8")

    def check(self, name: str) -> None:
        """How many findings of each kind."""
        _, text = self.command("check")
        found = Counter(re.findall(r"^│ (error|warning|note)", text, re.MULTILINE))
        self.result[name] = dict(found)

    def link(self) -> None:
        """Two lists: the second knows the customers that the first has linked."""
        truth = self._truth()
        for turn in ("first list", "second list"):
            out = self.file.with_name(f"{turn.replace(' ', '-')}.xlsx")
            code, text = self.command("match", "--out", str(out))
            if code:
                raise RuntimeError(text)
            self.result[turn] = self._decide(out, truth)
            _, text = self.command("match", "apply", str(out))
            self.result[f"{turn}, applied"] = text.strip().splitlines()[-2]

    def _truth(self) -> dict[str, list[str]]:
        """The customers that a company is, by its id."""
        found: dict[str, list[str]] = {}
        for here, there in sorted(self.built.matching.truth):
            found.setdefault(str(self.built.company_ids[here]), []).append(there)
        return found

    def _decide(self, out: Path, truth: dict[str, list[str]]) -> dict[str, Any]:
        book = openpyxl.load_workbook(out)
        counts: Counter[str] = Counter()
        wrong = 0
        newest = max(
            int(job["number"]) for job in self.sandbox.control.records("servicetrade", "job")
        )
        for sheet in book.worksheets:
            head = [str(cell.value) for cell in sheet[1]]
            for row in sheet.iter_rows(min_row=2):
                cells = {name: row[place] for place, name in enumerate(head)}
                verdict, word = str(cells[VERDICT].value), cells[WORD]
                counts[f"{sheet.title}: {verdict}"] += 1
                if sheet.title == "jobs" and _is_done(
                    str(cells["Spectrum job"].value or ""), newest
                ):
                    word.value = "ignore"
                if sheet.title != "match":
                    continue
                company, customer = (
                    str(cells[name].value or "") for name in ("company", "customer")
                )
                if verdict == "sure" and customer not in truth.get(company, []):
                    wrong += 1
                if verdict == "sure":
                    self._word(company, customer, truth)
                if verdict in ("look at these", "several for one"):
                    word.value = self._word(company, customer, truth)
        book.save(out)
        return {**dict(sorted(counts.items())), "sure and wrong": wrong}

    def _word(self, company: str, customer: str, truth: dict[str, list[str]]) -> str:
        """A company that is nobody yet is new; one that is another's double stays as it is, for the
        two are to be merged.
        """
        if company not in truth:
            return "new"
        if customer not in truth[company]:
            return "ignore"
        is_first = self._firsts.setdefault(customer, company) == company
        is_linked = self._linked.setdefault(company, customer) == customer
        return "link" if is_first and is_linked else "ignore"

    def plan(self) -> None:
        """What would be made; a customer of both systems among it would be made twice."""
        code, text = self.command("plan", "--json")
        if code:
            self.result["plan"] = text.strip()
            return
        flows = json.loads(text)["flows"]
        self.result["plan"] = {
            flow: {name: number for name, number in found["counts"].items() if number}
            for flow, found in flows.items()
        }
        truth = self._truth()
        self.result["customers that would be made twice"] = [
            record["title"]
            for record in flows["customers"]["records"]
            if record["result"] == "created" and record["key"] in truth
        ]


def _is_done(number: str, newest: int) -> bool:
    """Whether a job is so old that nothing more will be written for it: no need to link it."""
    return not number.isdigit() or int(number) < newest - AT_WORK


def _decided(line: str) -> str:
    """The first candidate; the line is taken out where there is none."""
    why = line.partition("# ")[2]
    if why.startswith("no") or ": " not in why:
        return ""
    return line.replace("TODO", why.partition(":")[0].strip(), 1)


@contextmanager
def first_day(size: TenYears) -> Iterator[FirstDay]:
    """Both systems are filled and stand still."""
    here = Path.cwd()
    with TemporaryDirectory() as folder, Sandbox(Path(folder) / "box") as sandbox:
        started = time.perf_counter()
        built = fill_ten_years(size, sandbox.rig)
        day = FirstDay(sandbox, built, Path(folder) / "yours.yaml")
        day.result["world"] = {
            "companies": size.companies,
            "jobs": size.jobs,
            "typed in seconds": round(time.perf_counter() - started, 1),
        }
        os.chdir(folder)
        try:
            yield day
        finally:
            os.chdir(here)


def main() -> None:
    """One JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a tenth of it")
    size = TenYears.small() if parser.parse_args().small else TenYears()
    with first_day(size) as day:
        day.begin()
        day.check("findings of check")
        day.link()
        day.check("findings of check once customers are linked")
        day.plan()
        print(json.dumps(day.result, indent=2, default=str), flush=True)


if __name__ == "__main__":
    main()

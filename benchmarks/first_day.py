"""`make bench-first-day`: a new user on a contractor with ten years of history: `init`, what is left to
decide, `check`, `match`, `plan`, `backfill`, and the first new records. Minutes, edits by hand, and
what had to be looked up elsewhere.

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

from typer.testing import CliRunner

from benchmarks.first_day_matching import Person
from benchmarks.first_day_table import tables
from st_spectrum.cli import app
from st_spectrum.commands.sandbox import environment
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.servicetrade.seed import PRIME_COMPANY_ID
from st_spectrum.sandbox.ten_years import TenYears, TenYearsBuilt, fill_ten_years, first_new_day

CUSTOMERS = "CR_CUSTOMER_MASTER_MC"
NEW = {"addressStreet": "1 Wazee Street", "addressCity": "Denver", "addressState": "CO"}


@dataclass
class FirstDay:
    """One user, one folder, both systems."""

    sandbox: Sandbox
    built: TenYearsBuilt
    file: Path
    result: dict[str, Any] = field(default_factory=dict)

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

    def must(self, *arguments: str) -> str:
        """What it prints; it has to end well."""
        code, text = self.command(*arguments)
        if code:
            raise RuntimeError(text)
        return text

    def begin(self) -> None:
        """The file, and the lines that are left to a person."""
        self.must(
            "init", str(self.file), "--no-questions", "--name", self.file.stem,
            "--go-live", f"{first_new_day(datetime.now(UTC))}",
            "--servicetrade-url", self.sandbox.servicetrade_url,
            "--spectrum-url", self.sandbox.spectrum_url, "--company-code", "001",
            "--contacts", "controller@example.com", "--smtp-host", "127.0.0.1",
            "--smtp-port", str(self.sandbox.smtp_port),
        )  # fmt: skip
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
        jobs = self.sandbox.control.records("servicetrade", "job")
        person = Person(self.built, max(int(job["number"]) for job in jobs))
        for turn in ("first list", "second list"):
            out = self.file.with_name(f"{turn.replace(' ', '-')}.xlsx")
            self.must("match", "--out", str(out))
            self.result[turn] = person.decide(out)
            _, text = self.command("match", "apply", str(out))
            lines = text.strip().splitlines()
            self.result[f"{turn}, applied"] = [
                line for line in lines if line.endswith(".") or "not taken" in line
            ]

    def plan(self) -> None:
        """What would be made."""
        flows = json.loads(self.must("plan", "--json"))["flows"]
        counts = {
            flow: {name: number for name, number in found["counts"].items() if number}
            for flow, found in flows.items()
        }
        created = sum(found.get("created", 0) for found in counts.values())
        self.result["plan"] = {"created": created, **counts}

    def backfill(self) -> None:
        """The first load, in waves."""
        before = self._customers()
        code, text = self.command("backfill", "--wave", "2000", "--json")
        waves = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        self.result["backfill"] = {
            "ended with": code,
            "waves": len(waves),
            "sent": sum(wave["sent"] for wave in waves),
            "waits": sum(wave["waits"] for wave in waves),
        }
        self._count_doubles(before)
        waiting = json.loads(self.must("ledger", "open", "--json"))
        self.result["what waits"] = waiting

    def live(self) -> None:
        """New records cross, and one that resembles a customer of Spectrum waits."""
        before = self._customers()
        with ServiceTradeCaller(self.sandbox.servicetrade_url) as office:
            made = self._made_new(office)
            twin = self._made_like_a_customer(office)
            started = time.perf_counter()
            self.must("sync")
            seconds = time.perf_counter() - started
            self.result["what waits then"] = json.loads(self.must("ledger", "open", "--json"))
            crossed = sum(
                bool(office.get(f"/{kind}/{record}").get("externalIds", {}).get(EXTERNAL_SYSTEM))
                for kind, record in made
            )
            waits = not office.get(f"/company/{twin}").get("externalIds", {}).get(EXTERNAL_SYSTEM)
        self.result["live"] = {
            "seconds": round(seconds, 1),
            "made": len(made),
            "crossed": crossed,
            "looks like": int(waits),
        }
        self.result["customers made by the new records"] = len(self._customers().keys() - before)

    def _made_new(self, office: ServiceTradeCaller) -> list[tuple[str, int]]:
        company = office.post("/company", name="Larkspur Brewing", customer=True, **NEW)["id"]
        location = office.post("/location", name="Taproom", companyId=company, **NEW)["id"]
        job = office.post(
            "/job", type="repair", vendorId=PRIME_COMPANY_ID, locationId=location,
            assignedOfficeId=self._any_office(),
        )["id"]  # fmt: skip
        lines = self.sandbox.control.records("servicetrade", "servicerequest")
        line = next(request["serviceLineId"] for request in lines if request["serviceLineId"])
        office.post("/servicerequest", description="Work", serviceLineId=line, jobId=job)
        return [("company", company), ("location", location), ("job", job)]

    def _any_office(self) -> int:
        jobs = self.sandbox.control.records("servicetrade", "job")
        return int(next(job["assignedOfficeId"] for job in jobs if job["assignedOfficeId"]))

    def _made_like_a_customer(self, office: ServiceTradeCaller) -> int:
        """One that nobody has in ServiceTrade yet."""
        known = {there for _, there in self.built.matching.truth}
        one = next(
            one for one in self.built.matching.there if one.key not in known and one.is_active
        )
        return int(
            office.post(
                "/company", name=one.full_name, customer=True, phoneNumber=one.phone,
                addressStreet=one.street, addressCity=one.city, addressState=one.state,
                addressPostalCode=one.postal_code,
            )["id"]
        )  # fmt: skip

    def _customers(self) -> dict[str, str]:
        rows = self.sandbox.control.records("spectrum", CUSTOMERS)
        return {str(row["Customer_Code"]).strip(): str(row["Name"]).strip() for row in rows}

    def _count_doubles(self, before: dict[str, str]) -> None:
        """Customers that were made for a company which stood in Spectrum already."""
        made = self._customers().keys() - before
        ids = {str(self.built.company_ids[here]) for here, _ in self.built.matching.truth}
        self.result["customers made"] = len(made)
        self.result["customers made twice"] = [
            company["name"]
            for company in self.sandbox.control.records("servicetrade", "company")
            if dict(company.get("externalIds") or {}).get(EXTERNAL_SYSTEM) in made
            and str(company["id"]) in ids
        ]


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
    """The tables, or one JSON document with all that was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a tenth of it")
    parser.add_argument("--json", action="store_true", help="all that was found")
    arguments = parser.parse_args()
    with first_day(TenYears.small() if arguments.small else TenYears()) as day:
        day.begin()
        day.check("check")
        day.link()
        day.check("check again")
        day.plan()
        day.backfill()
        day.live()
        found = (
            json.dumps(day.result, indent=2, default=str) if arguments.json else tables(day.result)
        )
        print(found, flush=True)


if __name__ == "__main__":
    main()

"""The payroll clerk: runs the weekly reconciliation in Dagster, and reads its table."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from st_spectrum.account.connections import LedgerSettings
from st_spectrum.assets.failures import failed_run_of
from st_spectrum.assets.names import AccountNames
from st_spectrum.definitions import build
from st_spectrum.ledger.documents.mails import FailedRun
from st_spectrum.sandbox.control_client import Control
from st_spectrum.sandbox.time_plan import moment
from tests.world.contractor import ACCOUNT_FILE
from tests.world.timekeeper import Timekeeper

if TYPE_CHECKING:
    from pandas import DataFrame

SECRET = "LEDGER_SECRET"


@dataclass
class PayrollClerk:
    """Runs of `reconcile_payroll` with one account file and one instance of Dagster. Cards of
    earlier tests are deleted.
    """

    timekeeper: Timekeeper
    folder: Path
    instance: dg.DagsterInstance
    ledger: dict[str, object] = field(default_factory=dict)
    payroll_contacts: tuple[str, ...] = ()

    @property
    def account_file(self) -> Path:
        """The sandbox's account with the ledger that the test wants."""
        text = ACCOUNT_FILE.read_text()
        if self.ledger:
            lines = "".join(
                f"  {name}: {json.dumps(value)}\n" for name, value in self.ledger.items()
            )
            text, count = re.subn(r"\nledger:.*\n(?: .*\n)+", lambda _: f"\nledger:\n{lines}", text)
            assert count == 1, "the example has no section for the ledger"
        text = re.sub(
            r"(  payroll_contacts: ).*",
            lambda key: f"{key[1]}[{', '.join(self.payroll_contacts)}]",
            text,
        )
        file = self.folder / "account.yaml"
        file.write_text(text)
        return file

    @property
    def control(self) -> Control:
        return self.timekeeper.control

    @property
    def week(self) -> str:
        """The first day of the week that the crew filled."""
        return f"{self.timekeeper.week_ends[0] - timedelta(days=6)}"

    def keep_in(self, settings: LedgerSettings, **changes: object) -> None:
        """Put the ledger and the tables on S3, as on a machine that never had another ledger."""
        for witness in self.folder.glob("witness-*"):
            witness.unlink()
        self.ledger = {
            name: value
            for name, value in (
                settings.model_dump() | {"secret_access_key": f"${{{SECRET}}}"} | changes
            ).items()
            if name != "path" and value != ""
        }

    def run(self, week: str = "") -> dg.ExecuteInProcessResult:
        """One run of the week, of the crew's week unless told."""
        job = build(self.account_file).resolve_job_def("reconcile_payroll")
        return job.execute_in_process(
            instance=self.instance, partition_key=week or self.week, raise_on_error=False
        )

    def said(self, result: dg.ExecuteInProcessResult) -> FailedRun:
        """What people are told of a run that failed."""
        assert not result.success
        return failed_run_of(self.instance, result.dagster_run, datetime.now(UTC))

    def loaded(self, week: str = "") -> Any:
        """The table as another asset gets it."""
        repository = build(self.account_file).get_repository_def()
        return repository.load_asset_value(
            AccountNames(self.account_file.stem).key("payroll_week"),
            partition_key=week or self.week,
            instance=self.instance,
        )

    def local_table(self, week: str = "") -> "DataFrame":
        import pandas as pd

        return pd.read_parquet(self.folder / "payroll" / f"{week or self.week}.parquet")

    def writes(self) -> int:
        """Calls so far by which Spectrum or ServiceTrade was changed."""
        return len(self.control.calls(writes=True))

    def card(self, week: date, names: Sequence[str], quarters: int = 1) -> int:
        """Somebody's approved card with rows of so many quarters of an hour without a job, called
        as told.
        """
        next_week = moment(week + timedelta(days=7))
        seconds = quarters * 900
        rows = [
            {
                "date": moment(week + timedelta(days=number % 7)),
                "duration": seconds,
                "quantity": seconds / 3600,
                "name": name,
                "type": "other",
            }
            for number, name in enumerate(names)
        ]
        card = {
            "userId": self.timekeeper.kept.technicians[0].user,
            "periodStart": moment(week),
            "periodEnd": next_week - 1,
            "status": "approved",
            "submittedOn": next_week,
            "approvedOn": next_week + 3600,
            "dayLogs": rows,
        }
        (number,) = self.control.add_records("timecard", [card])
        return int(number)

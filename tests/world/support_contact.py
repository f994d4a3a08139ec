"""The support contact: reads the mails about records that wait, as time goes by."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from st_spectrum.account import Account
from st_spectrum.alerts.deliver import Round, alert
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.judgement import Judgement
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.sandbox.server import Sandbox

START = datetime(2026, 3, 2, 14, tzinfo=UTC)


@dataclass
class SupportContact:
    """Somebody whom one account names, with its ledger and a clock that can be moved."""

    account: Account
    sandbox: Sandbox
    ledger: Ledger
    moments: list[datetime]
    read: int = 0

    @property
    def now(self) -> datetime:
        return self.moments[0]

    def clock(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.moments[0] += timedelta(**time)

    def alert(self, **changes: Any) -> Round:
        return alert(self.account, self.ledger, clock=self.clock, **changes)

    def change_settings(self, **changes: Any) -> None:
        """Change the account's settings for mail."""
        self.account = self.account.model_copy(
            update={"support": self.account.support.model_copy(update=changes)}
        )

    def subjects(self) -> list[str]:
        """Subjects of the mails that came since the last time somebody looked."""
        mails = self.sandbox.control.mails()
        new, self.read = mails[self.read :], len(mails)
        return [mail.subject for mail in new]

    def hold(
        self, flow: str, key: int | str, cause: str, state: State = State.HELD, **changes: Any
    ) -> None:
        """A record that waits since now."""
        values = {
            "title": f"Record {key}",
            "cause": cause,
            "retry_at": self.now + timedelta(hours=1),
            **changes,
        }
        judgement = Judgement(
            state,
            values.pop("reason", f"{cause} (record {key})"),
            values.pop("advice", "Add it under maps in the account file."),
            values.pop("needs", ("account: maps",)),
            "1",
        )
        self.ledger.record(flow, str(key), judgement, run_id="test", **values)

    def release(self, flow: str, key: int | str) -> None:
        """What it waited for exists: the record crosses."""
        self.ledger.settle(self.ledger.claim(flow, str(key), run_id="test"), State.CONFIRMED)

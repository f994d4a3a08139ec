"""One contractor of the test: both of its systems, what its people do in them, and what became of
it, read from the tables of both sides.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.commands.sandbox import environment
from st_spectrum.ledger.entry import State
from st_spectrum.ledger.ledger import Ledger, open_ledger
from st_spectrum.sandbox.life import Life
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import keep_time, weeks_until_now
from st_spectrum.sandbox.world import Built, World
from tests.audit.invoices import compare_invoices
from tests.audit.masters import Baseline, compare
from tests.audit.orders import compare_orders
from tests.audit.time import compare_time
from tests.histories.judge import INSERTS
from tests.ledger.ledger_servers import BUCKET, KEY_ID, SECRET
from tests.world.buyer import part
from tests.world.contractor import ACCOUNT_FILE, fill_sandbox

PATIENCE = {
    "timeout_seconds: 30": "timeout_seconds: 10",
    "timeout_seconds: 60": "timeout_seconds: 10",
    "retry_held_after_seconds: 30": "retry_held_after_seconds: 10",
}
"""A claim of a lost machine is respected for as long as a call may take; here that is shorter."""

LEASE_SECONDS = 30
ORDER_SHARE = 0.25


@dataclass
class OfficeJudged:
    """`wrong` is never right; `under_way` are records that have not come to rest yet; `waiting`
    counts those that wait for a person, by flow and reason.
    """

    wrong: list[str] = field(default_factory=list)
    under_way: list[str] = field(default_factory=list)
    waiting: Counter[str] = field(default_factory=Counter)
    matched: dict[str, int] = field(default_factory=dict)


@dataclass
class BusyOffice:
    """A contractor at work. `file` is its account file, called after the account."""

    file: Path
    sandbox: Sandbox
    settings: Mapping[str, str]
    account: Account
    built: Built
    before: Baseline
    life: Life
    random: Random
    orders: list[str] = field(default_factory=list)

    def step(self) -> str:
        """One thing happens: in ServiceTrade mostly, or a purchase order in Spectrum."""
        if self.random.random() >= ORDER_SHARE:
            return self.life.step().text
        if self.orders and self.random.random() < 0.4:
            number = self.random.choice(self.orders)
            self.sandbox.control.order(number, "receive", line=1, quantity="1")
            return f"A part of order {number} came"
        job = self.random.choice(self.built.bought.linked)[0]
        number = self.sandbox.control.make_order(
            part(quantity="4"), Vendor_Code="V0001", Job_Number=job, PO_Order_Date="11/03/2025"
        )
        self.orders.append(number)
        return f"New order {number}"

    def judge(self) -> OfficeJudged:
        """Everything of both worlds, as it stands now."""
        judged, control = OfficeJudged(), self.sandbox.control
        invoices = compare_invoices(control, self.account)
        orders = compare_orders(control, self.account)
        sides = compare(control, self.account, self.before)
        time = compare_time(control, self.account)
        found = {name: (side.waiting, side.problems, side.matched) for name, side in sides.items()}
        found["timecards"] = (time.waiting, time.problems, time.matched)
        found["invoices"] = (invoices.waiting, invoices.problems, invoices.matched)
        found["purchase_orders"] = (
            orders.waiting | orders.conflicts, orders.problems, orders.matched,
        )  # fmt: skip
        with open_ledger(self.account.ledger) as ledger:
            for flow, (waiting, problems, matched) in found.items():
                judged.matched[flow] = matched
                judged.wrong += [f"{flow}: {problem}" for problem in problems]
                for key, title in waiting.items():
                    self._explain(ledger, flow, key, title, judged)
                judged.under_way += [
                    f"{flow} {key}: {held.entry.state}"
                    for key, held in ledger.open_entries(flow)
                    if held and held.entry.state in (State.CLAIMED, State.UNKNOWN)
                ]
        judged.wrong += self._taken_twice()
        return judged

    def _explain(
        self, ledger: Ledger, flow: str, key: str, title: str, judged: OfficeJudged
    ) -> None:
        held = ledger.get(flow, key)
        if held and held.entry.reason and held.entry.state in (State.HELD, State.REJECTED):
            judged.waiting[f"{flow}: {held.entry.reason}"] += 1
        else:
            state = held.entry.state if held else "nothing in the ledger"
            judged.under_way.append(f"{flow} {key} {title}: {state}")

    def _taken_twice(self) -> list[str]:
        taken: Counter[tuple[str, str]] = Counter()
        for call in self.sandbox.control.calls(writes=True):
            if call.operation in INSERTS:
                taken.update((call.operation, key) for key in call.taken)
        return [f"{operation} {key} {n} times" for (operation, key), n in taken.items() if n > 1]


@contextmanager
def office(folder: Path, name: str, s3_url: str, seed: int) -> Iterator[BusyOffice]:
    """A contractor of its own, whose ledger is on S3 under a prefix of its own."""
    folder.mkdir(parents=True)
    file = folder / f"{name}.yaml"
    file.write_text(account_text(name, s3_url), encoding="utf-8")
    with Sandbox(folder / "sandbox") as sandbox:
        world = World(
            seed, companies=6, vendors=1, linked_companies=1, locations=8, jobs=10, technicians=3,
            template_phases=3, old_customers=2, invoices=6, purchase_orders=8,
        )  # fmt: skip
        before, built = fill_sandbox(sandbox, world)
        kept = keep_time(sandbox.control, built, weeks_until_now())
        sandbox.control.clear_calls()
        settings = environment(sandbox) | {
            "LEDGER_SECRET": SECRET,
            "ST_SPECTRUM_ACCOUNT": str(file),
            "ST_SPECTRUM_SENSORS": "on",
        }
        account = load_account(
            file, os.environ | settings | {"ST_SPECTRUM_STATE_DIR": str(folder / "state")}
        )
        random = Random(seed)  # noqa: S311 - a history that can be repeated, no secret
        with Life(built, kept, seed) as life:
            yield BusyOffice(file, sandbox, settings, account, built, before, life, random)


def account_text(name: str, s3_url: str) -> str:
    """The sandbox's account file with another name, a ledger on S3 and shorter times."""
    text = ACCOUNT_FILE.read_text(encoding="utf-8")
    for long, short in PATIENCE.items():
        assert long in text
        text = text.replace(long, short)
    ledger = f"""ledger:
  kind: s3
  bucket: {BUCKET}
  prefix: {name}
  endpoint_url: {s3_url}
  allow_plain_http: true
  access_key_id: {KEY_ID}
  secret_access_key: ${{LEDGER_SECRET}}
  timeout_seconds: 10
  lease_seconds: {LEASE_SECONDS}

"""
    text, count = re.subn(r"(?ms)^ledger:.*?\n\n", lambda _: ledger, text)
    assert count == 1
    return text.replace("name: sandbox ", f"name: {name} ")

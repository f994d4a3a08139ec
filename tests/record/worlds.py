"""A contractor in both stand-ins, some of whose records have crossed: something of everything that a
recorder looks for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.commands.sandbox import environment
from st_spectrum.engine.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import open_session
from st_spectrum.ledger.memory import MemoryStore
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import keep_time, weeks_until_now
from st_spectrum.sandbox.world import Built, World, build_world

ACCOUNT_FILE = Path(__file__).parents[2] / "accounts" / "sandbox.yaml"

CONTRACTOR = World(
    companies=6, vendors=2, linked_companies=1, locations=7, jobs=10, technicians=2, salespeople=2,
    template_phases=3, old_customers=3, invoices=6, purchase_orders=6,
)  # fmt: skip


@dataclass
class Installation:
    """Both systems, filled, and the account that leads to them."""

    sandbox: Sandbox
    account: Account
    environ: dict[str, str]
    built: Built


@contextmanager
def installation(folder: Path) -> Iterator[Installation]:
    """A sandbox of its own, so that a test may spoil its tables."""
    with Sandbox(folder / "sandbox") as sandbox:
        built = build_world(CONTRACTOR, sandbox.servicetrade_url, sandbox.spectrum_url)
        keep_time(sandbox.control, built, weeks_until_now())
        environ = environment(sandbox) | {"ST_SPECTRUM_STATE_DIR": str(folder / "state")}
        account = load_account(ACCOUNT_FILE, environ)
        with open_session(account, store=MemoryStore()) as session:
            run_round(session, FLOWS, "before")
        yield Installation(sandbox, account, environ, built)

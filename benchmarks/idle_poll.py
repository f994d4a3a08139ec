"""What one idle poll for purchase orders costs, by the number of closed orders in the database:
`make bench-polls`.

An idle poll asks Spectrum for the orders that may still change and finds that none has. It is meant
to stay flat in the number of closed orders: those age out of the scan.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from st_spectrum.account.file import load_account
from st_spectrum.commands.sandbox import environment
from st_spectrum.flows.purchase_orders.notice import notice_orders, remember
from st_spectrum.flows.session import Session, open_session
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World, build_world

ACCOUNT = Path(__file__).parents[1] / "accounts" / "sandbox.yaml"
SIZES = (1_000, 10_000, 100_000)
OPEN_ORDERS = 200
POLLS = 21
CHUNK = 20_000


def main() -> int:
    """Print one line for each size; 0 when every poll was idle."""
    with tempfile.TemporaryDirectory() as folder, Sandbox(Path(folder) / "sandbox") as sandbox:
        world = World(
            companies=12,
            vendors=3,
            locations=18,
            jobs=40,
            template_phases=1,
            purchase_orders=OPEN_ORDERS,
        )
        build_world(world, sandbox.servicetrade_url, sandbox.spectrum_url)
        settings = environment(sandbox) | {"ST_SPECTRUM_STATE_DIR": folder}
        account = load_account(ACCOUNT, dict(os.environ) | settings)
        print(
            f"{'closed orders':>14} {'queries':>8} {'rows':>6} {'median ms':>10} {'slowest ms':>11}"
        )
        closed = 0
        with open_session(account) as session:
            remember(
                session.ledger, notice_orders(session.spectrum, session.ledger, account).digests
            )
            for size in SIZES:
                while closed < size:
                    step = min(CHUNK, size - closed)
                    sandbox.control.add_old_orders(step)
                    closed += step
                if not _measured(session, closed):
                    return 1
    return 0


def _measured(session: Session, closed: int) -> bool:
    milliseconds = []
    before = sum(session.spectrum.calls.values())
    for _ in range(POLLS):
        began = time.perf_counter()
        changes = notice_orders(session.spectrum, session.ledger, session.account)
        milliseconds.append((time.perf_counter() - began) * 1000)
        if changes.keys:
            print(
                f"a poll over {closed} closed orders was not idle: {len(changes.keys)} lines",
                file=sys.stderr,
            )
            return False
    queries = (sum(session.spectrum.calls.values()) - before) / POLLS
    middle, slowest = statistics.median(milliseconds), max(milliseconds)
    print(
        f"{closed:>14,} {queries:>8.1f} {_rows(session):>6} {middle:>10.1f} {slowest:>11.1f}",
        flush=True,
    )
    return True


def _rows(session: Session) -> int:
    from st_spectrum.flows.purchase_orders.notice import scan

    return len(scan(session.spectrum, session.account))


if __name__ == "__main__":
    sys.exit(main())

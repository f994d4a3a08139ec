"""Histories with real processes, sockets, `kill -9`, SQLite and S3.

    python -m tests.campaign.processes --histories 100 --seed 7

Each so-many-th of the histories that `tests.campaign` plays of the same seed. Ends with 1 if
anything was lost or doubled.
"""

import argparse
import logging
import secrets
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.campaign.processes.history import ProcessHistory, StreetPlace
from tests.campaign.running import BLOCK, blocks, turns
from tests.campaign.table import Sums
from tests.campaign.trial import run_block
from tests.campaign.whole import EVERY_CASE
from tests.ledger.ledger_servers import seaweed

Drawn = tuple[str, int, int]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make campaign-processes", description=__doc__)
    parser.add_argument("--histories", type=int, default=100)
    parser.add_argument("--seed", type=int, default=None)
    wanted = parser.parse_args()
    seed = secrets.randbelow(1_000_000) if wanted.seed is None else wanted.seed
    again = f"make campaign-processes N={wanted.histories} SEED={seed}"
    print(f"processes: {wanted.histories} histories, seed {seed}: {again}", flush=True)
    logging.disable(logging.CRITICAL)
    started, sums = time.monotonic(), Sums()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="campaign-")))
        s3_url = stack.enter_context(seaweed(folder / "s3"))
        place = StreetPlace(folder, s3_url)
        stack.callback(place.close)
        chosen = some_of(
            tuple(blocks(BLOCK * turns(EVERY_CASE), seed, tuple(EVERY_CASE))), wanted.histories
        )
        every = BLOCK // -(-wanted.histories // len(chosen))
        for name, count, number in chosen:
            sums.add(
                run_block(place, name, count, number, ProcessHistory, shrinks=False, every=every)
            )
            done = time.monotonic() - started
            print(f"{sums.histories:>5} {name}, {done:,.0f} s", file=sys.stderr, flush=True)
    print(sums.text(time.monotonic() - started, 1))
    if sums.failed:
        print(f"\nAgain: {again}")
    return 1 if sums.failed else 0


def some_of(found: tuple[Drawn, ...], most: int) -> tuple[Drawn, ...]:
    """All of them, or as many as are wanted, from all cases alike."""
    return found if most >= len(found) else found[:: len(found) // most][:most]


if __name__ == "__main__":
    sys.exit(main())

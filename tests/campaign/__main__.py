"""Ten thousand random histories, and what was lost or doubled in them.

    python -m tests.campaign --histories 10000 --seed 7 [--of naive] [--processes 2]

Of the same number and seed the same histories, with the same figures. Prints what failed as a test,
shrunk, and the command that plays it again; ends with 1 if anything did.
"""

import argparse
import secrets
import sys
import time

from tests.campaign.running import SUBJECTS, campaign


def main() -> int:
    parser = argparse.ArgumentParser(prog="make campaign", description=__doc__)
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--of", choices=SUBJECTS, default="product")
    parser.add_argument("--processes", type=int, default=2)
    wanted = parser.parse_args()
    seed = secrets.randbelow(1_000_000) if wanted.seed is None else wanted.seed
    of = "" if wanted.of == "product" else f" OF={wanted.of}"
    again = f"make campaign N={wanted.histories} SEED={seed}{of}"
    print(f"{wanted.of}: {wanted.histories} histories, seed {seed}: {again}", flush=True)
    started = time.monotonic()
    sums = campaign(wanted.of, wanted.histories, seed, wanted.processes)
    print(sums.text(time.monotonic() - started, wanted.processes))
    if sums.failed:
        print(f"\nAgain: {again}")
    return 1 if sums.failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""A campaign over several processes, each with a world of its own."""

import logging
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from multiprocessing import get_context
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

import stamina

from tests.campaign.first_version import FIRST_VERSION, FirstVersionPlace
from tests.campaign.in_order import in_order
from tests.campaign.naive import NaiveHistory
from tests.campaign.table import Sums
from tests.campaign.trial import CAMPAIGN_CASES, Block, run_block
from tests.histories.history import History
from tests.histories.place import Place
from tests.world.stores import Killed

SAID_EACH = 500
"""Histories between two lines of a log."""
BLOCK = 50
"""Histories of one seed; with fewer, Hypothesis tries the simplest ones only."""
SUBJECTS: dict[str, type[History]] = {"product": History, "naive": NaiveHistory}
NAIVE_CASES = ("customers", "sites", "jobs", "invoices by SOAP", "time by SOAP", "purchase orders")
"""The script knows one way for each flow."""
SHARES = {"all six by REST": 2, "all six by SOAP": 2}
"""How many times its share a case gets; what is not named gets one."""


def turns(names: Iterable[str]) -> int:
    """Blocks until each case had its share."""
    return sum(SHARES.get(name, 1) for name in names)


def blocks(histories: int, seed: int, names: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    """Case, count and seed of each block; together just so many histories."""
    in_turn = [name for name in names for _ in range(SHARES.get(name, 1))]
    size = max(1, min(BLOCK, -(-histories // len(in_turn))))
    number = 0
    while histories > 0:
        yield in_turn[number % len(in_turn)], min(size, histories), seed * 1_000_003 + number
        histories -= size
        number += 1


@cache
def place(kind: type[Place] = Place) -> Place:
    """The world of this process, in memory where the machine has a folder for that."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
    folder = Path(tempfile.mkdtemp(prefix="campaign-", dir=memory if memory.is_dir() else None))
    logging.disable(logging.CRITICAL)
    sys.unraisablehook = _but_the_dead
    made = kind(folder)
    Finalize(made, lambda: (made.close(), shutil.rmtree(folder)), exitpriority=1)
    return made


def _but_the_dead(unraisable: Any) -> None:
    """The session of a worker that was killed cannot be closed any more, which is meant."""
    if unraisable.exc_type is not Killed:
        sys.__unraisablehook__(unraisable)


def one_block(subject: str, name: str, count: int, number: int) -> Block:
    """In a process of its own."""
    with stamina.set_testing(True, attempts=2, cap=True), in_order():
        kind = FirstVersionPlace if name in FIRST_VERSION else Place
        return run_block(place(kind), name, count, number, SUBJECTS[subject])


def campaign(subject: str, histories: int, seed: int, processes: int) -> Sums:
    """All blocks over so many processes."""
    names = tuple(CAMPAIGN_CASES) if subject == "product" else NAIVE_CASES
    sums = Sums()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        work = [pool.submit(one_block, subject, *block) for block in blocks(histories, seed, names)]
        for done in as_completed(work):
            block = done.result()
            sums.add(block)
            _say_how_far(sums, histories)
            for found in block.found:  # hours may pass until the table comes
                print(f"\n{found}", file=sys.stderr, flush=True)
    return sums


def _say_how_far(sums: Sums, histories: int) -> None:
    """On a terminal all the time, in a log now and then."""
    if sys.stderr.isatty():
        print(f"\r{sums.histories} of {histories}", end="", file=sys.stderr, flush=True)
    elif sums.histories // SAID_EACH > sums.said:
        sums.said = sums.histories // SAID_EACH
        bad = f", {sums.failed.total()} of them failed" if sums.failed else ""
        print(f"{sums.histories} of {histories}{bad}", file=sys.stderr, flush=True)

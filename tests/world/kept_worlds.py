"""Worlds that many tests begin with: made once, and put back for each of them.

Typing one in through both APIs and carrying it takes up to a second of a processor; putting it back
takes a few milliseconds.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Hashable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from st_spectrum.sandbox.addresses import Addresses
from st_spectrum.sandbox.rig import KeptWorld

T = TypeVar("T")

FRESH_SECONDS = 90.0
"""One that was made longer ago is made anew, for some tests ask how old a record is."""

MOST = 6


@dataclass(frozen=True)
class _Kept:
    sandbox: Addresses
    made_at: float
    world: KeptWorld
    folder: Path
    files: tempfile.TemporaryDirectory[str]
    answer: Any


_KEPT: dict[Hashable, _Kept] = {}


def begin_with(sandbox: Addresses, folder: Path, name: Hashable, make: Callable[[], T]) -> T:
    """The answer of `make`, which fills the empty sandbox and leaves its files in `folder`. The
    next test that asks for the same name finds both as they were then, and a copy of the answer.
    """
    kept = _KEPT.get(name)
    if kept is None or kept.sandbox is not sandbox or time.time() - kept.made_at > FRESH_SECONDS:
        return _made(sandbox, folder, name, make)
    sandbox.rig.put_back(kept.world)
    if any(Path(kept.files.name).iterdir()):
        shutil.copytree(kept.files.name, folder, dirs_exist_ok=True)
    for witness in folder.glob("witness-*.json"):  # it says where the ledger lies
        witness.write_text(witness.read_text().replace(str(kept.folder), str(folder)))
    answer: T = deepcopy(kept.answer)
    return answer


def _made(sandbox: Addresses, folder: Path, name: Hashable, make: Callable[[], T]) -> T:
    others = {place.name for place in folder.iterdir()} if folder.exists() else set()
    answer = make()
    files = tempfile.TemporaryDirectory(prefix="kept-world-")
    if folder.exists():
        shutil.copytree(
            folder,
            files.name,
            dirs_exist_ok=True,
            ignore=lambda at, _: others if at == str(folder) else (),
        )
    for oldest in list(_KEPT)[: max(0, len(_KEPT) + 1 - MOST)]:
        _KEPT.pop(oldest).files.cleanup()
    if former := _KEPT.pop(name, None):
        former.files.cleanup()
    _KEPT[name] = _Kept(
        sandbox,
        time.time(),
        sandbox.rig.kept(),
        folder,
        files,
        deepcopy(answer),
    )
    return answer

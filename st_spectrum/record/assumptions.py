"""Every assumption of the code by a stable id: how it can be settled, and what goes wrong if it is
not so. The table is `assumptions.yaml`; its sentences stand in the code.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("assumptions.yaml")


class SettledBy(StrEnum):
    """What it takes to know."""

    READ = "read"
    WRITE = "write"
    PERSON = "person"


class Harm(StrEnum):
    """What happens if an assumption is false, the worst first."""

    MONEY = "money"
    SILENT = "silent"
    HELD = "held"
    COMFORT = "comfort"
    TEST = "test"


@dataclass(frozen=True)
class Assumed:
    """One assumption. `file`, `name` and `beginning` are where its sentence stands, below
    `st_spectrum/`; several sentences of one name are told by how they begin.
    """

    id: str
    file: str
    name: str
    beginning: str
    settled_by: SettledBy
    harm: Harm
    observation: str
    if_false: str

    def is_sentence(self, file: str, name: str, sentence: str) -> bool:
        """Whether a sentence of the code is this one."""
        return (file, name) == (self.file, self.name) and sentence.startswith(self.beginning)

    @property
    def place(self) -> str:
        """File and name, for people."""
        return f"{self.file} {self.name}".strip()


@cache
def assumed() -> Mapping[str, Assumed]:
    """All of them by id, in the order of the table. Raises `ValueError` for an id twice."""
    found: dict[str, Assumed] = {}
    for one in _read(FILE.read_text(encoding="utf-8")):
        if one.id in found:
            raise ValueError(f"assumptions.yaml: two assumptions have the id {one.id}")
        found[one.id] = one
    return found


def relied_on() -> Mapping[str, Assumed]:
    """Those that real records depend on: all but the sandbox's own."""
    return {id_: one for id_, one in assumed().items() if one.harm is not Harm.TEST}


def _read(text: str) -> Iterator[Assumed]:
    for group in yaml.load(text, Loader=_TwiceSeen):  # noqa: S506 - a safe loader of our own file
        for id_, place in group["sentences"].items():
            at, _, beginning = place.partition(" > ")
            file, _, name = at.partition(" ")
            yield Assumed(
                id=id_,
                file=file,
                name=name,
                beginning=beginning,
                settled_by=SettledBy(group["settled_by"]),
                harm=Harm(group["harm"]),
                observation=group["observation"],
                if_false=group["if_false"],
            )


class _TwiceSeen(yaml.SafeLoader):
    """YAML as ever, but a key that stands twice in one map is no last word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        """The map; raises `ValueError` for a key twice."""
        keys = [key.value for key, _ in node.value]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"assumptions.yaml: {', '.join(sorted(twice))} stands twice")
        return {str(key): value for key, value in super().construct_mapping(node, deep).items()}

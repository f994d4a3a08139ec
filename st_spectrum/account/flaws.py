"""What is wrong with an account file, each thing once and with the line a person should look at."""

from collections.abc import Iterable
from dataclasses import dataclass

from st_spectrum.account.section import Contradiction

Place = tuple[str | int, ...]
"""Keys from the top down; the items of a list count from 0."""


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong, where it stands, and its line."""

    line: int
    place: Place
    text: str

    def __str__(self) -> str:
        words = ""
        for part in self.place:
            if isinstance(part, int):
                words += f" item {part + 1}"
            else:
                name = part if part.replace("_", "").isalnum() else repr(part)
                words += f".{name}" if words else name
        return f"{self.line}: {words}: {self.text}" if words else f"{self.line}: {self.text}"


class Flaws:
    """All flaws of one file; `lines` knows where each key and each item of a list stands."""

    def __init__(self) -> None:
        self.lines: dict[Place, int] = {(): 1}
        self.doubtful: set[Place] = set()
        """Keys that a misspelt one was probably meant to be: nothing more is said about them."""
        self.unfinished: set[Place] = set()
        """Places where something is missing, or a variable is not set, as in an unfinished file."""
        self._found: list[Flaw] = []
        self._contradictions: list[Flaw] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def in_order(self) -> list[Flaw]:
        """By line."""
        return sorted(dict.fromkeys(self._found), key=lambda flaw: flaw.line)

    def wrong(self) -> list[Flaw]:
        """Without what is unfinished, and without contradictions: half of one may be missing."""
        return [
            flaw
            for flaw in self.in_order()
            if flaw.place not in self.unfinished and flaw not in self._contradictions
        ]

    def add(self, place: Place, text: str, line: int | None = None) -> None:
        """Notes a flaw; without a line, the line of the key or of the nearest section around it."""
        if line is None:
            line = next(
                self.lines[place[:end]]
                for end in range(len(place), -1, -1)
                if place[:end] in self.lines
            )
        self._found.append(Flaw(line, place, text))

    def forget_since(self, count: int) -> None:
        """Takes back what was noted after there were `count` flaws."""
        del self._found[count:]

    def is_flawed(self, place: Place) -> bool:
        """Whether something at, around or inside of this place was noted already."""
        noted = [flaw.place for flaw in self._found] + list(self.doubtful)
        return any(
            noted_place[: len(place)] == place or place[: len(noted_place)] == noted_place
            for noted_place in noted
            if noted_place
        )

    def note_contradictions(self, found: Iterable[Contradiction], place: Place = ()) -> None:
        """Notes what contradicts itself, unless one of the keys is flawed. Keys may be dotted."""
        for keys, text in found:
            places = [(*place, *key.split(".")) for key in keys]
            if not any(self.is_flawed(place) for place in places):
                self.add(places[0], text)
                self._contradictions.append(self._found[-1])

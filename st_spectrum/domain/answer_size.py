"""How much of an answer is read at most, and JSON that cannot break its reader. Pure."""

import json
from collections.abc import Iterable
from decimal import Decimal

MOST_BYTES = 50_000_000
"""Ten times the largest page of a list that we ask for; larger takes minutes and gigabytes."""

LONGEST_NUMBER = 100
"""Digits; a whole number that is longer is kept as a decimal, which nothing takes for an id."""


class TooLarge(Exception):
    """The answer is larger than `MOST_BYTES`; the rest of it was not read."""

    def __str__(self) -> str:
        return f"the answer is larger than {MOST_BYTES / 1e6:.0f} MB, and no more of it was read"


def read_bounded(chunks: Iterable[bytes], most: int = MOST_BYTES) -> bytes:
    """All of the chunks together; raises `TooLarge` as soon as they are more."""
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise TooLarge
        parts.append(chunk)
    return b"".join(parts)


def parse_json(text: str | bytes) -> object:
    """The JSON with exact amounts; None where it is none, or nested deeper than one can read."""
    try:
        return json.loads(text, parse_float=Decimal, parse_int=_whole)
    except (ValueError, RecursionError):
        return None


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= LONGEST_NUMBER else Decimal(digits)

"""One write to one system, as a frozen value of its own type that knows by itself how it may be
treated.

The engine asks a command for its traits and never for its name. `operation`, `key` and `fields` are
its frozen form: they go into the ledger and into digests that are compared with those of earlier
versions, so they stay as they are, letter for letter.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import ClassVar, Self

from st_spectrum.domain.digests import canonical, digest_of_text

CODE_TO_COME = "\x1a"
"""How the frozen form writes a code that is allocated only after the record is claimed. A control
character, which no text of a person keeps on its way here: a company may really be called
"{code}"."""

ARRIVES_WITHIN_TIMEOUTS = 10
"""A call that we gave up may lie in a queue before the application that takes calls late when it is
overloaded; ten times as late as the longest call that we wait for is beyond all that a queue of
open connections holds."""

ARRIVES_WITHIN_SECONDS = 15 * 60.0
"""With a short time-out that is not long: web servers and balancers let a request live for some
minutes (two to ten by default, whatever the caller did meanwhile); a quarter of an hour is beyond
that. What arrives later still cannot be excluded."""


def longest_way(timeout_seconds: float) -> float:
    """Seconds for which a call that was given up may still be on its way."""
    return max(ARRIVES_WITHIN_SECONDS, ARRIVES_WITHIN_TIMEOUTS * timeout_seconds)


class System(StrEnum):
    """Which side a command goes to."""

    SERVICETRADE = "servicetrade"
    SPECTRUM = "spectrum"

    @property
    def label(self) -> str:
        """Its name as people write it."""
        return "ServiceTrade" if self is System.SERVICETRADE else "Spectrum"


class Numbering(StrEnum):
    """Who gives the target record its number, which is what to do when that number is taken."""

    NONE = "none"
    """It has no number of its own."""
    ALLOCATED = "allocated"
    """We take the next code of a range: when it is taken, the one after it will do."""
    DERIVED = "derived"
    """The account file's rule makes it from the record; two records can come to the same."""
    PEOPLE = "people"
    """People choose it at the source, may choose it twice, and can correct it there."""


class Command(ABC):
    """One write. Its traits are the same for every command of a type."""

    operation: ClassVar[str]
    """The vendor's name for it, or words of our own where it is no call."""
    system: ClassVar[System]
    numbering: ClassVar[Numbering] = Numbering.NONE
    taken_field: ClassVar[str] = ""
    """Which field the target blames when a record stands under the key already; "" where it would
    not refuse a second one. What is refused so is an insert that the ledger keeps as it went out,
    to find it again whatever the source says by then."""
    may_be_renumbered: ClassVar[bool] = False
    """Whether an installation of the target may give the record its own key, not the one sent."""
    period_fields: ClassVar[frozenset[str]] = frozenset()
    """Dates of which the target takes those of an open period alone: the first one that it refuses
    stops all of the same month."""
    is_repeatable: ClassVar[bool] = False
    """Whether a second time does no harm, so it may go out again where nobody can look it up."""
    is_stored_twice: ClassVar[bool] = False
    """Whether a second one would stand beside the first: "not there" then counts only once the
    first cannot arrive any more."""
    counts_when_lost: ClassVar[bool] = True
    """Whether lost answers count towards the bound of sends: hours of such answers are no fault of
    a record whose write may go out any number of times."""
    tables: ClassVar[str] = ""
    """Under which name the newest write into the tables is kept in which it is looked up, for those
    may be an old copy; "" where the target answers for itself."""

    @property
    @abstractmethod
    def key(self) -> str:
        """The natural key by which it can be found again."""

    @property
    @abstractmethod
    def fields(self) -> Mapping[str, str]:
        """What it says, in its frozen form."""

    @cached_property
    def said(self) -> str:
        """Digest of key and fields. Made once, for a command is frozen and asked for it each time
        that one of its sends is counted."""
        return digest_of_text(self._key_and_fields)

    @cached_property
    def payload(self) -> str:
        """Operation, key and fields as they stand in the digest of a payload."""
        return f"[{canonical(self.operation)},{self._key_and_fields[1:]}"

    @cached_property
    def _key_and_fields(self) -> str:
        return canonical([self.key, dict(self.fields)])

    @property
    def rows(self) -> tuple[Mapping[str, object], ...]:
        """Its fields by the target's names, the header first and then each line of it."""
        return (self.fields,)

    @property
    def customer_code(self) -> str:
        """The customer whose site or job it makes; "" for any other write."""
        return ""

    @property
    def amount(self) -> Decimal | None:
        """The money that it moves in the target, in dollars; None where it moves none."""
        return None

    @property
    def amounts_by_account(self) -> Mapping[str, Decimal]:
        """The same money by GL account, and the tax by that word; empty where it moves none."""
        return {}

    def with_code(self, code: str) -> Self:  # noqa: ARG002 - only what waits for a code takes one
        """The same with the allocated code in the place that waits for it."""
        return self

    def renumbered(self, old: str, new: str) -> Self:  # noqa: ARG002 - not all speak of a record in Spectrum
        """The same about a record to which the target gave the key `new` in place of `old`."""
        return self

    def with_sent_fields(self, fields: Mapping[str, str]) -> Self:  # noqa: ARG002 - only inserts are kept
        """The same as it went out earlier, from the `fields` of its frozen form that the ledger
        has, blanks left out."""
        return self

    @classmethod
    def arrives_within(cls, timeout_seconds: float) -> float:
        """Seconds for which one that is not found may still be on its way, where a second one would
        do harm; else 0."""
        return longest_way(timeout_seconds) if cls.is_stored_twice else 0.0


@dataclass(frozen=True)
class InsertRecord(Command):
    """The insert of a record into Spectrum. `record` has its fields by the names of the service's
    layout, blank ones too.
    """

    system = System.SPECTRUM
    may_be_renumbered = True

    record: Mapping[str, str]


@dataclass(frozen=True)
class InsertWithCode(InsertRecord):
    """One under the next code of a range; `code` is None until that is allocated. `record` has all
    other fields.
    """

    numbering = Numbering.ALLOCATED

    code: str | None = None

    @property
    def key(self) -> str:
        """The code."""
        return CODE_TO_COME if self.code is None else self.code

    @property
    def fields(self) -> Mapping[str, str]:
        """The record under its code."""
        return {self.taken_field: self.key, **self.record}

    def with_code(self, code: str) -> Self:
        """The same under the allocated code."""
        return replace(self, code=code)

    def renumbered(self, old: str, new: str) -> Self:
        """The same under the code that Spectrum gave."""
        return replace(self, code=new) if self.code == old else self

    def with_sent_fields(self, fields: Mapping[str, str]) -> Self:
        """The same with the record that was sent."""
        return replace(
            self, record={name: value for name, value in fields.items() if name != self.taken_field}
        )

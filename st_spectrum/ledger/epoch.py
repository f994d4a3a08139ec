"""How a ledger knows by what stands outside of it that it is older than what has happened, or not
the only one. Pure.

Before the first write of a batch the ledger's epoch is turned: its number goes up by one and it
gets a random mark. The pair is then noted outside of the ledger, in a witness. A ledger that was
put back from a copy, or a second one, has never made the pair that the witness knows.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from st_spectrum.domain.errors import ContractBroken
from st_spectrum.ledger.documents.form import NEWEST, WRITTEN, newer, number_in

MARKS_KEPT = 50
FORKS_KEPT = 20


VERSION = 1
"""The form of both, as it stands in their field `version`."""


class Noted(BaseModel):
    """A text of ours with a version; fields that this program does not know are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def read(cls, text: str, place: str) -> Self:
        """Raises `ContractBroken` that names the place, `NewerForm` for what a newer program
        wrote.
        """
        if (found := number_in(text, "version")) > VERSION:
            raise newer(place, found, VERSION)
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            field = ".".join(map(str, first["loc"])) or "the text"
            raise ContractBroken(
                f"{place} is damaged at {field}: {first['msg']}", system="ledger"
            ) from None


class Witness(Noted):
    """What stands outside of the ledger: which ledger turned its epoch last, and how often it had
    done so.

    `forks` names the ledgers that this one replaced, each with the number that its epoch had then.
    `place` is where the ledger
    lay, "" where that is not known.
    """

    version: Literal[1] = 1
    ledger_id: str
    number: int
    mark: str
    place: str = ""
    forks: Mapping[str, int] = {}
    turned_at: AwareDatetime | None = None


class Epoch(Noted):
    """The ledger's own word. `marks` are those of its last turns, the newest last.

    `is_put_back` says that `ledger restore` filled this ledger from a copy. `time_stopped_at`:
    since then no time is sent, because nobody can see what payroll holds of it. `account` is the
    one that sends from this ledger, "" until its first turn.
    `began_at` is when it first sent, None where a version sent first that did not note it.
    `recovered_at`: then it was found to lack what had been sent, and was brought up to date; what
    was on its way at that moment may still arrive in a target, and this ledger knows nothing of it.
    """

    version: Literal[1] = 1
    ledger_id: str
    number: int = 0
    marks: tuple[str, ...] = ()
    forks: Mapping[str, int] = {}
    turned_at: AwareDatetime | None = None
    is_put_back: bool = False
    time_stopped_at: AwareDatetime | None = None
    account: str = ""
    recovered_at: AwareDatetime | None = None
    began_at: AwareDatetime | None = None
    form: int = 1
    """The highest form of any document in this ledger. A program that does not know it stops before
    it reads one.
    """

    @classmethod
    def check_form(cls, text: str, place: str) -> None:
        """Raises `NewerForm` where a newer program has sent from this ledger, whatever else the
        text says.
        """
        if (found := number_in(text, "version")) > VERSION:
            raise newer(place, found, VERSION)
        if (found := number_in(text, "form")) > NEWEST:
            raise newer("the ledger", found, NEWEST)

    @classmethod
    def read(cls, text: str, place: str) -> Self:
        """As every text of ours; raises `NewerForm` for a ledger in a newer form too."""
        cls.check_form(text, place)
        return super().read(text, place)

    @classmethod
    def first(cls) -> Self:
        """Of a ledger that has none yet."""
        return cls(ledger_id=secrets.token_hex(8))

    def turned(self, at: datetime, account: str = "") -> Self:
        """One further, with a mark that nobody can guess; and in the form of whoever is about to
        send.
        """
        marks = (*self.marks, secrets.token_hex(8))[-MARKS_KEPT:]
        changes = {
            "number": self.number + 1,
            "marks": marks,
            "turned_at": at,
            "account": account or self.account,
            "began_at": self.began_at or (None if self.number else at),
        }
        return self.model_copy(update=changes | {"form": max(self.form, WRITTEN)})

    def replacing(self, witnesses: Sequence[Witness], at: datetime, account: str = "") -> "Epoch":
        """A ledger with an id of its own, ahead of all witnesses, that takes over from this one and
        from theirs.
        """
        forks: dict[str, int] = {}
        for older in (self.forks, *(one.forks for one in witnesses)):
            forks |= older
        for ledger_id, number in [
            (self.ledger_id, self.number),
            *((one.ledger_id, one.number) for one in witnesses),
        ]:
            if number:
                forks[ledger_id] = max(number, forks.pop(ledger_id, 0))
        number = max([self.number, *(one.number for one in witnesses)])
        last = dict(list(forks.items())[-FORKS_KEPT:])
        began_at = self.began_at or (None if self.number else at)
        kept = {
            "time_stopped_at": self.time_stopped_at,
            "form": self.form,
            "began_at": began_at,
        }
        fresh = Epoch(ledger_id=secrets.token_hex(8), number=number, forks=last).model_copy(
            update=kept
        )
        return fresh.turned(at, account or self.account).model_copy(update={"recovered_at": at})

    def witness(self, place: str) -> Witness:
        """What is noted outside."""
        return Witness(
            ledger_id=self.ledger_id,
            number=self.number,
            mark=self.marks[-1] if self.marks else "",
            place=place,
            forks=self.forks,
            turned_at=self.turned_at,
        )

    def is_of(self, account: str) -> bool:
        """Whether this account sends from it, or may begin to; "" is any account."""
        return account == self.account or not (account and self.account)

    def made(self, number: int, mark: str) -> bool:
        """Whether this ledger may have turned to this pair; what is longer ago than its marks reach
        is believed.
        """
        if number > self.number:
            return False
        back = self.number - number
        return back >= len(self.marks) or self.marks[-1 - back] == mark


class Standing(IntEnum):
    """What a witness says about a ledger; of several witnesses the highest counts."""

    CURRENT = 0
    OLDER = 1
    SECOND = 2


def judge(epoch: Epoch | None, witness: Witness, place: str) -> Standing:
    """What the witness says about a ledger that lies at `place`, and has no epoch where it never
    sent anything.
    """
    if epoch is None:
        # The account's ledger was lost, or put back from before it had an epoch; elsewhere it may
        # be alive.
        return Standing.OLDER if witness.place in ("", place) else Standing.SECOND
    if witness.ledger_id == epoch.ledger_id:
        return Standing.CURRENT if epoch.made(witness.number, witness.mark) else Standing.OLDER
    if witness.ledger_id in epoch.forks:
        # This ledger took over from the witness's, and was cut off before it could say so; or the
        # other one went on.
        return (
            Standing.CURRENT
            if witness.number <= epoch.forks[witness.ledger_id]
            else Standing.SECOND
        )
    if epoch.number < witness.forks.get(epoch.ledger_id, 0):
        return Standing.OLDER
    return Standing.SECOND


def is_newer(witness: Witness, than: Witness | None) -> bool:
    """Whether a pair may take the place of another one: never an older pair of the same ledger, or
    of one that was replaced.
    """
    if than is None:
        return True
    if witness.ledger_id == than.ledger_id:
        return witness.number > than.number
    return witness.ledger_id not in than.forks

"""How often a record's calls went out: no more than the account allows before a person decides."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from st_spectrum.domain.commands import Command
from st_spectrum.ledger.entry import Entry
from st_spectrum.ledger.sent import send_key


class NeedsAPerson(Exception):
    """A write may or may not have happened and nothing can tell; or the key is another record's."""

    def __init__(self, reason: str, advice: str, cause: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice
        self.cause = cause or reason


@dataclass
class Sends:
    """The counts of one record, for the steps that are not done; `most` is 0 for any number."""

    most: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, entry: Entry, settings: str, most: int) -> "Sends":
        """As the ledger has them; none for a record that was refused under another account file
        than `settings`.
        """
        is_judged_anew = entry.settings and entry.settings != settings and not entry.is_in_doubt
        return cls(most, {} if is_judged_anew else dict(entry.sends))

    def announced(self, calls: Iterable[Command], entry: Entry) -> dict[str, int]:
        """The counts once these have gone out too; raises `NeedsAPerson` for one that went out as
        often as it may.

        Written down before they go out: a worker that dies has sent no more than it says.
        """
        counts = dict(self.counts)
        for call in calls:
            name = send_key(call)
            counts[name] = counts.get(name, 0) + 1
            if self.most and counts[name] > self.most:
                raise NeedsAPerson(
                    f"{call.operation} {call.key} went out {self.most} times and did not come to"
                    " anything",
                    "See in the system that was called what is wrong with it, then say"
                    f" `st-spectrum retry {entry.flow} {entry.key}`. Nothing is sent before,"
                    " unless the record changes.",
                    f"{call.operation} went out as often as it may",
                )
        return counts

    def went_out(self, call: Command) -> None:
        """Once more."""
        name = send_key(call)
        self.counts[name] = self.counts.get(name, 0) + 1

    def does_not_count(self, call: Command) -> None:
        """The system was down, turned us away, or takes this call any number of times."""
        self.counts[send_key(call)] -= 1

    def done(self, calls: Iterable[Command]) -> dict[str, int]:
        """What is left once these were carried out."""
        for call in calls:
            self.counts.pop(send_key(call), None)
        return dict(self.counts)

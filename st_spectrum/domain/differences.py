"""What may be different between both systems, and how it is called. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

NOTICED_WITHIN_SECONDS = 60
"""The change sensors look every few seconds (`pace.poll_seconds`), and a run takes some more."""

ON_ITS_WAY = timedelta(minutes=15)
"""What is younger is not missed yet, as the nightly reconciliation has it."""


class Verdict(StrEnum):
    """What happened to a record or to one value of it."""

    MISSING = "missing"
    EXTRA = "extra"
    DOUBLED = "doubled"
    IN_SPECTRUM = "edited in Spectrum"
    IN_SERVICETRADE = "edited in ServiceTrade"
    IN_BOTH = "edited in both"
    IN_ONE = "edited, and what was sent is not known"


MIRRORED = {
    Verdict.IN_SPECTRUM: Verdict.IN_SERVICETRADE,
    Verdict.IN_SERVICETRADE: Verdict.IN_SPECTRUM,
}


@dataclass(frozen=True)
class Difference:
    """One thing that is not equal. `field` is "" where the whole record is meant.

    `sent`, `source` and `target` are the value as it went out, in ServiceTrade now and in Spectrum
    now; None where that is not known or there is none. Information is what nobody has to put right,
    such as a name; all else `is_fault`.
    """

    flow: str
    key: str
    title: str
    target_key: str
    verdict: Verdict
    field: str = ""
    sent: str | None = None
    source: str | None = None
    target: str | None = None
    is_fault: bool = True
    is_repairable: bool = False
    """Whether the ledger never confirmed it: then it may go out; else a person decides."""
    changed_at: datetime | None = None
    """When the source says that it was entered or changed last; of what nobody has asked for yet,
    and where the source says so."""

    @property
    def mirrored(self) -> "Difference":
        """The same of a record that goes from Spectrum to ServiceTrade, told as one that goes the
        other way.
        """
        verdict = MIRRORED.get(self.verdict, self.verdict)
        return replace(self, verdict=verdict, source=self.target, target=self.source)

    def is_on_its_way(self, now: datetime) -> bool:
        """Whether nobody has asked for it because it is so young. Whoever signs a period does not
        sign without it all the same.
        """
        return self.changed_at is not None and now - self.changed_at < ON_ITS_WAY

    def words_at(self, now: datetime) -> str:
        """How people are told of it, with its age where that is why it is missing."""
        if self.changed_at is None or not self.is_on_its_way(now):
            return self.words
        seconds = max(0, int((now - self.changed_at).total_seconds()))
        if seconds < NOTICED_WITHIN_SECONDS:
            unit = "second" if seconds == 1 else "seconds"
            return f"{self.title} ({self.key}): entered {seconds} {unit} ago, on its way"
        minutes = seconds // 60
        unit = "minute" if minutes == 1 else "minutes"
        return f"{self.words}; entered {minutes} {unit} ago, and usually noticed by now"

    @property
    def words(self) -> str:
        """How people are told of it."""
        place = f"{self.field} of {self.title}" if self.field else self.title
        values = "; ".join(
            f"{name} {value!r}"
            for name, value in (
                ("sent", self.sent),
                ("ServiceTrade now", self.source),
                ("Spectrum now", self.target),
            )
            if value is not None
        )
        return f"{place} ({self.target_key or self.key}): {self.verdict}" + (
            f"; {values}" if values else ""
        )


def judge(sent: str | None, source: str | None, target: str | None) -> Verdict | None:
    """Where a value was changed; None where both sides agree. None among them is "not known"."""
    wanted = sent if source is None else source
    if wanted is None or target == wanted:
        return None
    if sent is None:
        return Verdict.IN_ONE
    if source is None or source == sent:
        return Verdict.IN_SPECTRUM
    return Verdict.IN_SERVICETRADE if target == sent else Verdict.IN_BOTH

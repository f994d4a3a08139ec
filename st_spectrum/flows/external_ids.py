"""The last step out of ServiceTrade: the Spectrum key goes back onto the record [ST 11]."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from st_spectrum.domain.commands import CODE_TO_COME, Command, System
from st_spectrum.domain.decisions import Hold, Skip, Step
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.target_keys import SEPARATOR as SEPARATOR
from st_spectrum.domain.target_keys import replaced_in


@dataclass(frozen=True)
class SetExternalId(Command):
    """The external id of a company, location or job; `value` is None while it waits for the code
    that is allocated.
    """

    operation = "externalid"
    system = System.SERVICETRADE
    is_repeatable = True
    counts_when_lost = False

    entity_type: str
    entity_id: int
    value: str | None = None

    @property
    def key(self) -> str:
        """The value."""
        return CODE_TO_COME if self.value is None else self.value

    @property
    def fields(self) -> Mapping[str, str]:
        """Which record carries what."""
        return {
            "entity_type": self.entity_type,
            "entity_id": str(self.entity_id),
            "value": self.key,
        }

    def with_code(self, code: str) -> "SetExternalId":
        """The code that was allocated is what the record carries."""
        return self if self.value is not None else replace(self, value=code)

    def renumbered(self, old: str, new: str) -> "SetExternalId":
        """What the record carries is the key that Spectrum gave."""
        if self.value is None:
            return self
        return replace(self, value=replaced_in(self.value, old, new))


def external_id_step(entity_type: str, entity_id: int, value: str | None = None) -> Step:
    """Write `value`, or else the code that is allocated, as the record's external id.

    The step is named by the value, for a job may gain a second Spectrum job later.
    """
    name = "external id" if value is None else f"external id {value}"
    command = SetExternalId(entity_type, entity_id, value)
    return Step(name, (command,), is_named_by_code=value is None)


def hold_for_other_external_id(noun: str, ours: str, carried: str) -> Hold | None:
    """Somebody gave the record another external id meanwhile: ours over it would hide a mistake."""
    if not carried or set(carried.split(SEPARATOR)) <= set(ours.split(SEPARATOR)):
        return None
    return Hold(
        f"ServiceTrade now carries {carried}, but the {noun} was begun in Spectrum as {ours}",
        f"If {ours} is right, enter it as external id in ServiceTrade; if {carried} is, make {ours}"
        " inactive in Spectrum.",
        ("a person",),
        "an external id was typed while the record was half-way across",
    )


def gone(reason: str, progress: Progress) -> Skip:
    """What is to be said of a record that ServiceTrade does not have any more."""
    if progress.is_half_done and progress.target_key:
        reason = f"{reason} after {progress.target_key} was begun in Spectrum: look at it there"
    return Skip(reason, progress.target_key, is_gone=True)


def changed_external_id(noun: str, ours: str, carried: str) -> tuple[str, ...]:
    """A note when somebody gave a record that crossed another external id meanwhile; else none."""
    if not carried or carried == ours:
        return ()
    return (
        (
            f"ServiceTrade now carries {carried}, but the {noun} was created as {ours}: one of the"
            " two is wrong"
        ),
    )

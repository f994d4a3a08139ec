"""The last step of every crossing out of ServiceTrade: the Spectrum key goes back onto the record [ST 11]."""

from st_spectrum.domain.decisions import Call, Hold, Skip, Step, System
from st_spectrum.domain.progress import Progress

SEPARATOR = "|"
"""Between several Spectrum job numbers in the one external id that ServiceTrade keeps for a job [ST 11]."""


def external_id_step(entity_type: str, entity_id: int, value: str) -> Step:
    """Write `value` as the record's external id; the step is named by the value, for a job may gain a second Spectrum job later."""
    fields = {"entity_type": entity_type, "entity_id": str(entity_id), "value": value}
    return Step(f"external id {value}", System.SERVICETRADE, (Call("externalid", value, fields),))


def hold_for_other_external_id(what: str, ours: str, carried: str) -> Hold | None:
    """Somebody gave the record another external id while we were half-way: writing ours over it would hide a mistake."""
    if not carried or set(carried.split(SEPARATOR)) <= set(ours.split(SEPARATOR)):
        return None
    return Hold(
        f"ServiceTrade now carries {carried}, but the {what} was begun in Spectrum as {ours}",
        f"If {ours} is right, enter it as external id in ServiceTrade; if {carried} is, make {ours} inactive in Spectrum.",
        ("a person",),
        "an external id was typed while the record was half-way across",
    )


def gone(reason: str, progress: Progress) -> Skip:
    """What is to be said of a record that ServiceTrade does not have any more."""
    if progress.is_half_done and progress.target_key:
        reason = f"{reason} after {progress.target_key} was begun in Spectrum: look at it there"
    return Skip(reason, progress.target_key, is_gone=True)


def changed_external_id(what: str, ours: str, carried: str) -> tuple[str, ...]:
    """A note when somebody gave a record that we carried across another external id meanwhile; else nothing."""
    if not carried or carried == ours:
        return ()
    return (f"ServiceTrade now carries {carried}, but the {what} was created as {ours}: one of the two is wrong",)

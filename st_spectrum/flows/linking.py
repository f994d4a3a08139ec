"""A record's code at the source, typed there for a person who handled it by hand; for companies,
locations and jobs, which bear it as external id [ST 11].
"""

from st_spectrum.engine.flow_answers import StillThere, Unlinked
from st_spectrum.flows.context import Context
from st_spectrum.flows.external_ids import SetExternalId
from st_spectrum.ledger.entry import Entry

STEP = "external id"
"""How the step begins that writes it."""


def link_record(context: Context, entity_type: str, key: str, target_key: str) -> None:
    """Write it, unless it stands there."""
    if context.servicetrade.external_id(entity_type, int(key)) != target_key:
        context.targets.send(SetExternalId(entity_type, int(key), target_key))


def unlink_record(context: Context, entity_type: str, entry: Entry) -> Unlinked:
    """Take it away, where it is still the one that was written."""
    carried = context.servicetrade.external_id(entity_type, int(entry.key))
    if carried == entry.target_key:
        context.targets.send(SetExternalId(entity_type, int(entry.key), ""))
        return Unlinked()
    other = f"ServiceTrade carries {carried} by now, which was left there."
    return Unlinked(note=other if carried else "")


def steps_at_the_source(entry: Entry, found: str) -> tuple[str, ...]:
    """What stays done of a record whose code stays at the source; `found` is what stands in
    Spectrum under it. Raises `StillThere`.
    """
    if found:
        raise StillThere(found)
    return tuple(name for name in entry.done_steps if name.startswith(STEP))

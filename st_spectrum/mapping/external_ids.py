"""The last step of every crossing out of ServiceTrade: the Spectrum key goes back onto the record [ST 11]."""

from st_spectrum.domain.decisions import Call, Step, System


def external_id_step(entity_type: str, entity_id: int, value: str) -> Step:
    """Write `value` as the record's external id; the step is named by the value, for a job may gain a second Spectrum job later."""
    fields = {"entity_type": entity_type, "entity_id": str(entity_id), "value": value}
    return Step(f"external id {value}", System.SERVICETRADE, (Call("externalid", value, fields),))


def changed_external_id(what: str, ours: str, carried: str) -> tuple[str, ...]:
    """A note when somebody gave a record that we carried across another external id meanwhile; else nothing."""
    if not carried or carried == ours:
        return ()
    return (f"ServiceTrade now carries {carried}, but the {what} was created as {ours}: one of the two is wrong",)

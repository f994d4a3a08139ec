"""Puts Spectrum's key on the record in ServiceTrade, and sees whether it is there."""

from st_spectrum.engine.handlers import Handlers
from st_spectrum.flows.external_ids import SetExternalId
from st_spectrum.flows.sources import Sources
from st_spectrum.servicetrade.client import ServiceTrade


def handle_external_ids(handlers: Handlers, servicetrade: ServiceTrade, sources: Sources) -> None:
    """Of companies, locations and jobs."""

    def set_value(command: SetExternalId) -> None:
        try:
            servicetrade.set_external_id(command.entity_type, command.entity_id, command.key)
        finally:
            sources.forget(command.entity_type, command.entity_id)

    def has_value(command: SetExternalId) -> bool | None:
        return (
            True
            if servicetrade.external_id(command.entity_type, command.entity_id) == command.key
            else None
        )

    handlers.add(SetExternalId, set_value, has_value)

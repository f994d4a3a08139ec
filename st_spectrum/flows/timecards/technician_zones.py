"""Time zones of technicians, each read once for as long as a client of ServiceTrade lives."""

from weakref import WeakKeyDictionary

from st_spectrum.flows.local_days import ZoneOf
from st_spectrum.servicetrade.client import ServiceTrade

_KNOWN: WeakKeyDictionary[ServiceTrade, dict[int, str]] = WeakKeyDictionary()


def technician_zones(servicetrade: ServiceTrade) -> ZoneOf:
    """Asks for a user's zone [ST 9.1] only when a day cannot be told without it. Raises a
    `SyncFault` when that read fails.
    """
    known = _KNOWN.setdefault(servicetrade, {})

    def zone_of(user_id: int) -> str:
        if user_id not in known:
            user = servicetrade.user(user_id)
            known[user_id] = user.timezone if user else ""
        return known[user_id]

    return zone_of

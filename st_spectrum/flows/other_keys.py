"""Under which other key a record may stand whose answer was lost: an installation may give its
records keys of its own [SP 5], and then nothing stands under the one that was sent.

What looks like it is no proof: a company may stand in Spectrum twice, typed by a person. So nothing
is taken over here; a person says whether it is the one.
"""

from collections.abc import Iterable

from st_spectrum.domain.commands import Command
from st_spectrum.domain.errors import ContractBroken
from st_spectrum.domain.target_keys import SEPARATOR
from st_spectrum.engine.handlers import Elsewhere
from st_spectrum.engine.steps.newest_writes import NewestWrites
from st_spectrum.engine.steps.reservations import owner_of
from st_spectrum.engine.steps.verdicts import is_ours
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.servicetrade.client import ServiceTrade

MOST_ASKED = 10
"""Of so many look-alikes ServiceTrade is asked whose they are, one call each; of more none."""


class OtherKeys:
    """Of one account: whose a key is that stands in Spectrum."""

    def __init__(self, servicetrade: ServiceTrade, ledger: Ledger, newest: NewestWrites) -> None:
        self._servicetrade = servicetrade
        self._ledger = ledger
        self._newest = newest

    def are_given(self, command: Command) -> bool:
        """Whether Spectrum is known to give such records keys of its own; where it never did, one
        at the same address is more likely a neighbour than the one that was sent.
        """
        return self._newest.newest(command.operation) is not None

    def verdict(
        self, flow: str, entity_type: str, sent_key: str, keys: Iterable[str]
    ) -> Elsewhere | None:
        """Those of the look-alikes' keys that no other record has; None where there are none.
        Raises the error families of what cannot be asked.
        """
        found = sorted(set(keys) - {"", sent_key})
        if len(found) <= MOST_ASKED:
            found = [key for key in found if not self._is_anothers(flow, entity_type, key)]
        return Elsewhere(tuple(found)) if found else None

    def _is_anothers(self, flow: str, entity_type: str, key: str) -> bool:
        """What carries it at the source is another record: the one in question has none yet."""
        owner = owner_of(self._ledger, flow, key)
        held = self._ledger.get(flow, owner) if owner else None
        if held and is_ours(held.entry) and key in held.entry.target_key.split(SEPARATOR):
            return True
        try:
            return self._servicetrade.find_by_external_id(entity_type, key) is not None
        except ContractBroken:
            return False  # it cannot be asked for, so nobody rules it out

"""A witness in ServiceTrade: an external id, under a system of its own, of a record that the
account file names.

For time where no Info-Link shows what payroll holds: then a copied ledger must be known on another
machine too.
"""

from st_spectrum.account import Account
from st_spectrum.ledger.epoch import Witness, is_newer
from st_spectrum.servicetrade.client import ServiceTrade

SEPARATOR = "."


class ExternalIdWitness:
    """The pair as `ledger.number.mark`; replaced ledgers are known by the ledger itself."""

    def __init__(self, servicetrade: ServiceTrade, entity: str, record: int, system: str) -> None:
        self._servicetrade = servicetrade
        self._entity = entity
        self._record = record
        self._system = system
        self.name = f"external id {system} of {entity} {record} in ServiceTrade"

    def read(self) -> Witness | None:
        """None where there is none, or a text not ours. Raises a `SyncFault` when unreadable."""
        text = self._servicetrade.external_id(self._entity, self._record, self._system) or ""
        ledger_id, _, rest = text.partition(SEPARATOR)
        number, _, mark = rest.partition(SEPARATOR)
        if not (ledger_id and mark and number.isascii() and number.isdigit()):
            return None
        return Witness(ledger_id=ledger_id, number=int(number), mark=mark)

    def write(self, witness: Witness) -> None:
        """Note the pair unless a newer one stands there."""
        if is_newer(witness, self.read()):
            text = SEPARATOR.join((witness.ledger_id, str(witness.number), witness.mark))
            self._servicetrade.set_external_id(self._entity, self._record, text, self._system)


def external_witnesses(
    account: Account, servicetrade: ServiceTrade
) -> tuple[ExternalIdWitness, ...]:
    """The one that the account file names, for time alone."""
    named = account.timecards.witness
    if named is None:
        return ()
    return (ExternalIdWitness(servicetrade, named.entity, named.id, named.system),)

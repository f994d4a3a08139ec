"""Companies as the engine sees them."""

from st_spectrum.account import Account
from st_spectrum.domain.digests import digest
from st_spectrum.domain.progress import Progress
from st_spectrum.domain.standing import Standing
from st_spectrum.engine.flow import SharedKeys, Sight, Silent
from st_spectrum.flows.customers.description import CUSTOMERS
from st_spectrum.flows.customers.rules import CustomerBundle, decide_customer
from st_spectrum.flows.sources import Sources


class CustomersFlow(Silent):
    """Company -> AR customer; the key is the company's id."""

    name = CUSTOMERS.name
    description = CUSTOMERS
    shared_keys = SharedKeys(record="company", outcome="billed as one customer")

    def __init__(self, account: Account, sources: Sources) -> None:
        self._account = account
        self._sources = sources

    def look(self, key: str, progress: Progress, standing: Standing) -> Sight:  # noqa: ARG002 - the shape of `Flow`
        """One company, and what is to become of it."""
        company = self._sources.company(int(key))
        decision = decide_customer(CustomerBundle(company, progress), self._account)
        return Sight(company.name if company else f"company {key}", digest(company and company.model_dump()), decision)

"""ServiceTrade's lists, each read once for a comparison of all flows."""

from dataclasses import dataclass
from functools import cached_property

from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.models import Company, Job, Location


@dataclass
class SourceLists:
    """Companies, locations and jobs by id. Raises a `SyncFault` when a list could not be read."""

    servicetrade: ServiceTrade

    @cached_property
    def companies(self) -> dict[int, Company]:
        """All of them."""
        return {company.id: company for company in self.servicetrade.companies()}

    @cached_property
    def locations(self) -> dict[int, Location]:
        """All of them."""
        return {location.id: location for location in self.servicetrade.locations()}

    @cached_property
    def jobs(self) -> dict[int, Job]:
        """All of them."""
        return {job.id: job for job in self.servicetrade.jobs()}

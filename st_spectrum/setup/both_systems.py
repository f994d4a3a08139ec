"""Both systems as set-up reads them: each list once, however many questions it answers."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from st_spectrum.account import Account
from st_spectrum.domain.errors import SyncFault
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.servicetrade.item_models import LibraryItem
from st_spectrum.servicetrade.models import (
    Company,
    Job,
    Location,
    Reference,
    ServiceLine,
    TaxGroup,
    User,
)
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.infolink.code_tables import CodesFound, find_codes
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.lookup_answers import LookupImpossible

MOST_REQUESTS = 100_000
"""Service requests or job items that are read in one list, before it is left at that."""
YEAR_SECONDS = 365 * 86400
MOST_JOBS_READ = 200
"""Jobs whose service lines are read one by one where that list shows too few of them."""


@dataclass
class BothSystems:
    """The two clients of one account, which are only read."""

    account: Account
    servicetrade: ServiceTrade
    spectrum: Spectrum

    @property
    def infolink(self) -> InfoLinkReader:
        """Raises `LookupImpossible` where there is none."""
        if self.spectrum.infolink is None:
            raise LookupImpossible("only Info-Link shows it")
        return self.spectrum.infolink

    def codes_of(self, kind: str) -> CodesFound:
        """The codes of a table of the set-up, which the account file may name."""
        settings = self.account.spectrum.infolink
        named = {str(key): name for key, name in settings.tables.items()} if settings else {}
        return find_codes(self.infolink, kind, named.get(kind, ""))

    def counts(self, table: str, column: str) -> Counter[str]:
        """How many of Spectrum's records use each code; none where the column cannot be read."""
        try:
            found = self.infolink.counts(table, column)
        except SyncFault:
            return Counter()
        return Counter({code: number for code, number in found.items() if code})

    @cached_property
    def offices(self) -> tuple[Location, ...]:
        """Locations of the account itself, by name."""
        return tuple(sorted(self.servicetrade.offices(), key=lambda office: office.name))

    @cached_property
    def lines(self) -> tuple[ServiceLine, ...]:
        """ServiceTrade's catalogue of service lines."""
        return self.servicetrade.service_lines()

    @cached_property
    def terms(self) -> tuple[Reference, ...]:
        """Payment terms of ServiceTrade."""
        return self.servicetrade.payment_terms()

    @cached_property
    def tax_groups(self) -> tuple[TaxGroup, ...]:
        """Tax groups of ServiceTrade."""
        return self.servicetrade.tax_groups()

    @cached_property
    def users(self) -> tuple[User, ...]:
        """Everybody with a login there."""
        return self.servicetrade.users()

    @cached_property
    def library_items(self) -> tuple[LibraryItem, ...]:
        """The catalogue of items, retired ones too."""
        return self.servicetrade.lib_items()

    @cached_property
    def uses_of_items(self) -> Counter[int]:
        """How many job items of the last year were made from each library item, by its id."""
        since = self.servicetrade.now() - YEAR_SECONDS
        items = islice(self.servicetrade.job_items(updated_after=since), MOST_REQUESTS)
        return Counter(item.lib_item.id for item in items if item.lib_item)

    @cached_property
    def companies(self) -> Mapping[int, Company]:
        """Companies by id."""
        return {company.id: company for company in self.servicetrade.companies()}

    @cached_property
    def locations(self) -> Mapping[int, Location]:
        """Customers' locations by id."""
        return {location.id: location for location in self.servicetrade.locations()}

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        """Jobs of every status but canceled ones."""
        return tuple(job for job in self.servicetrade.jobs() if job.status != "canceled")

    @cached_property
    def lines_of_jobs(self) -> Mapping[int, tuple[str, ...]]:
        """Names of the service lines of a job, by its id; jobs of which nothing is known are
        missing.
        """
        found: dict[int, dict[str, None]] = {}
        with suppress(SyncFault):  # whether the list is shown without a filter is not known
            for request in islice(self.servicetrade.all_service_requests(), MOST_REQUESTS):
                if request.job and request.service_line:
                    found.setdefault(request.job.id, {})[request.service_line.name] = None
        if len(found) < MOST_JOBS_READ:
            for job in self._some_jobs(lambda job: job.id not in found):
                found[job.id] = {
                    request.service_line.name: None
                    for request in self.servicetrade.service_requests(job.id)
                    if request.service_line
                }
        return {job: tuple(lines) for job, lines in found.items() if lines}

    def _some_jobs(self, wanted: Callable[[Job], bool]) -> list[Job]:
        """The newest ones, for they tell most."""
        newest = sorted(self.jobs, key=lambda job: -job.id)
        return [job for job in newest if wanted(job)][:MOST_JOBS_READ]

"""What orders name in ServiceTrade, found in lists read once, for a comparison of all lines."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from st_spectrum.account import Account
from st_spectrum.domain.target_keys import SEPARATOR
from st_spectrum.engine.looks.source_lists import SourceLists
from st_spectrum.flows.purchase_orders.desired import JobName, Match
from st_spectrum.flows.purchase_orders.item_coding import Catalog
from st_spectrum.flows.purchase_orders.rules import carries, job_number_in
from st_spectrum.servicetrade.models import Job


@dataclass
class NamedInLists:
    """Jobs by their Spectrum number, and parts vendors by their code."""

    account: Account
    lists: SourceLists
    items: Catalog
    _matches: dict[JobName, Match] = field(default_factory=dict)

    def match(self, names: Iterable[JobName]) -> Match:
        """The first of the names that leads to a job; else what the last of them leads to."""
        match = Match(JobName(""))
        for name in names:
            if name not in self._matches:
                self._matches[name] = self._find(name)
            match = self._matches[name]
            if match.job is not None:
                break
        return match

    def vendor_id(self, vendor_code: str) -> int | None:
        """The parts vendor that carries a Spectrum vendor code as external id [ST 7.2, 11]."""
        return self._vendors.get(vendor_code.casefold()) if vendor_code else None

    def catalog(self) -> Catalog:
        """Library items and service lines."""
        return self.items

    def _find(self, name: JobName) -> Match:
        if job := self._by_spectrum_number.get(name.text.casefold()):
            return Match(name, job)
        number = job_number_in(name.text, self.account)
        if number is None and name.is_custom and name.text.isascii() and name.text.isdigit():
            number = int(name.text)
        numbered = self._by_number.get(number) if number is not None else None
        if numbered is not None and (name.is_custom or carries(numbered, name.text, self.account)):
            return Match(name, numbered)
        held = numbered.external_ids.get(self._system) if numbered else None
        return Match(name, pending_job=None if held else numbered)

    @property
    def _system(self) -> str:
        return self.account.servicetrade.external_system

    @cached_property
    def _by_spectrum_number(self) -> dict[str, Job]:
        return {
            number.casefold(): job
            for job in self.lists.jobs.values()
            for number in job.external_ids.get(self._system, "").split(SEPARATOR)
            if number
        }

    @cached_property
    def _by_number(self) -> dict[int, Job]:
        return {job.number: job for job in self.lists.jobs.values() if job.number is not None}

    @cached_property
    def _vendors(self) -> dict[str, int]:
        return {
            code.casefold(): company.id
            for company in self.lists.companies.values()
            if company.is_parts_vendor and (code := company.external_ids.get(self._system, ""))
        }

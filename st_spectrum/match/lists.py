"""The whole list: every kind of records that can be read on both sides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from st_spectrum.account import Account
from st_spectrum.match.exports import Row
from st_spectrum.match.further import (
    linked_customers,
    match_employees,
    match_jobs,
    match_sites,
)
from st_spectrum.match.further_readers import (
    CannotRead,
    Exports,
    employees_there,
    jobs_here,
    jobs_there,
    locations_here,
    sites_there,
    users_here,
    vendors_here,
    vendors_there,
)
from st_spectrum.match.kinds import CUSTOMERS, EMPLOYEES, JOBS, SITES, VENDORS, Kind
from st_spectrum.match.normalize import Party
from st_spectrum.match.readers import companies_of, customers_of
from st_spectrum.match.verdicts import Match, match
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.spectrum.client import Spectrum


class Connected(Protocol):
    """An account and both systems."""

    @property
    def account(self) -> Account:
        """Names the external systems in which codes are kept."""

    @property
    def servicetrade(self) -> ServiceTrade:
        """Shows what is here."""

    @property
    def spectrum(self) -> Spectrum:
        """Shows what is there."""


@dataclass(frozen=True)
class Matched:
    """What was found of each kind, and why another could not be read."""

    lists: Mapping[Kind, Sequence[Match]]
    linked: int
    """Companies that carry a customer already."""
    unread: Mapping[Kind, str]


def vendor_system(session: Connected) -> str:
    """The external system of vendors' codes; the account's own where there is none."""
    connection = session.account.servicetrade
    return connection.vendor_system or connection.external_system


def match_all(session: Connected, exports: Exports) -> Matched:
    """Read both sides and compare them. Raises a `SyncFault` when customers, or anything of
    ServiceTrade, could not all be read.
    """
    companies = companies_of(session.servicetrade, session.account.servicetrade.external_system)
    customers = customers_of(session.spectrum, exports.get(CUSTOMERS), companies)
    lists: dict[Kind, Sequence[Match]] = {CUSTOMERS: match(companies, customers)}
    codes = linked_customers(companies, lists[CUSTOMERS])
    unread: dict[Kind, str] = {}
    for kind in (VENDORS, SITES, JOBS, EMPLOYEES):
        try:
            lists[kind] = _matched(kind, session, exports, codes)
        except CannotRead as reason:
            unread[kind] = str(reason)
    return Matched(lists, sum(bool(company.linked_to) for company in companies), unread)


def _matched(
    kind: Kind, session: Connected, exports: Exports, codes: Mapping[str, str]
) -> list[Match]:
    servicetrade, spectrum = session.servicetrade, session.spectrum
    system = session.account.servicetrade.external_system
    if kind == VENDORS:
        own = vendor_system(session)
        vendors = vendors_here(servicetrade, own, is_own_system=own != system)
        return match(vendors, vendors_there(spectrum, exports, vendors))
    if kind == SITES:
        locations = locations_here(servicetrade, system)
        return match_sites(locations, sites_there(spectrum, exports, locations), codes)
    if kind == JOBS:
        jobs = jobs_here(servicetrade, system)
        return match_jobs(jobs, jobs_there(spectrum, exports, jobs), codes)
    users = users_here(servicetrade, system)
    return match_employees(users, employees_there(spectrum, exports, users))


def codes_in_spectrum(session: Connected, kinds: Sequence[Kind]) -> dict[Kind, frozenset[str]]:
    """What stands there of these kinds, as far as all can be seen; a missing kind cannot."""
    spectrum = session.spectrum
    found: dict[Kind, frozenset[str]] = {}
    if CUSTOMERS in kinds and (shown := spectrum.customer_codes()).is_complete:
        found[CUSTOMERS] = shown.codes
    nobody: Sequence[Party] = ()
    none: Mapping[Kind, Sequence[Row]] = {}
    for kind in set(kinds) - {CUSTOMERS}:
        try:
            if kind == VENDORS:
                keys = [party.key for party in vendors_there(spectrum, none, nobody)]
            elif kind == SITES:
                keys = [party.key for party in sites_there(spectrum, none, nobody)]
            elif kind == JOBS:
                keys = [party.key for party in jobs_there(spectrum, none, ())]
            else:
                keys = [one.party.key for one in employees_there(spectrum, none, ())]
        except CannotRead:
            continue
        found[kind] = frozenset(keys)
    return found

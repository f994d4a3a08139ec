"""The kinds of records that are matched, each a sheet of the list and an external id. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """Records of ServiceTrade and those of Spectrum that they may be."""

    name: str
    """As commands and logs call it."""
    sheet: str
    here: str
    """What it is in ServiceTrade, which is the name of its column too."""
    there: str
    """The same in Spectrum."""
    entity: str
    """What carries the external id [ST 11]."""
    flow: str = ""
    """The flow that makes such records, so that one on its way is left to it."""
    has_owner: bool = False
    """Whether both sides belong to somebody, a company here and a customer there, and are one only
    where these two are.
    """

    @property
    def columns(self) -> tuple[str, ...]:
        """Of its sheet, in their order."""
        owners = (OWNER_HERE, OWNER_THERE) if self.has_owner else ()
        sides = (
            f"{side}{part}"
            for side in (self.here, self.there)
            for part in ("", " name", " address", " phone")
        )
        return (WORD, "verdict", *sides, "names", "why", "advice", *owners, KEY)


WORD = "your word"
KEY = "row key"
OWNER_HERE, OWNER_THERE = "of company", "of customer"

CUSTOMERS = Kind("customers", "match", "company", "customer", "company", "customers")
VENDORS = Kind("vendors", "vendors", "parts vendor", "vendor", "company")
SITES = Kind("sites", "sites", "location", "site", "location", "sites", has_owner=True)
JOBS = Kind("jobs", "jobs", "job", "Spectrum job", "job", "jobs", has_owner=True)
EMPLOYEES = Kind("employees", "employees", "user", "employee", "user")

KINDS = (CUSTOMERS, VENDORS, SITES, JOBS, EMPLOYEES)
"""In the order in which they are linked: sites and jobs ask for their customer."""

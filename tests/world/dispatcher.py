"""The dispatcher: types companies, locations and jobs into ServiceTrade."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM

ADDRESS = {
    "addressStreet": "12 Granby Street",
    "addressCity": "Norfolk",
    "addressState": "VA",
    "addressPostalCode": "23510",
}


@dataclass
class Dispatcher:
    """Somebody in ServiceTrade's office. Every method that makes a record answers its id."""

    office: ServiceTradeCaller
    assigned_office: int | None = None
    """Where jobs are done; none unless told."""
    own_company: int = 0
    """The contractor itself, which is the vendor of its jobs; looked up unless told."""
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def company(self, name: str = "", **values: Any) -> int:
        """A customer, unless `values` say otherwise."""
        name = name or f"Company {next(self.numbers)}"
        made = self.office.post("/company", **({"name": name, "customer": True} | ADDRESS | values))
        return int(made["id"])

    def location(self, company: int, name: str = "", **values: Any) -> int:
        name = name or f"Site {next(self.numbers)}"
        made = self.office.post(
            "/location", **({"name": name, "companyId": company} | ADDRESS | values)
        )
        return int(made["id"])

    def job(self, location: int, *service_lines: str, **values: Any) -> int:
        """A job with one service request for each service line."""
        vendor = self.own_company or self.look_up_own_company()
        wanted: dict[str, Any] = {"type": "repair", "vendorId": vendor}
        if self.assigned_office is not None:
            wanted["assignedOfficeId"] = self.assigned_office
        made = self.office.post("/job", **(wanted | {"locationId": location} | values))
        job = int(made["id"])
        for name in service_lines:
            self.service_request(job, name)
        return job

    def service_request(self, job: int, service_line: str) -> int:
        lines = {
            line["name"]: line["id"] for line in self.office.all("/serviceline", "servicelines")
        }
        made = self.office.post(
            "/servicerequest", description="Work", serviceLineId=lines[service_line], jobId=job
        )
        return int(made["id"])

    def chain(self, *service_lines: str) -> tuple[int, int, int]:
        """A company with a location with a job."""
        company = self.company()
        location = self.location(company)
        return company, location, self.job(location, *service_lines)

    def technician(self, name: str, employee: str) -> int:
        """Somebody who works, with the code of an employee."""
        made = self.office.post(
            "/user", firstName=name, lastName="Tech", username=f"{name}@example.com", isTech=True
        )
        self.set_external_id("user", int(made["id"]), employee)
        return int(made["id"])

    def change(self, kind: str, record: int, **values: Any) -> None:
        """Somebody edits a record."""
        self.office.put(f"/{kind}/{record}", **values)

    def external_id(self, kind: str, record: int) -> str:
        """The external id that a record carries; "" for none."""
        found = self.office.get(f"/externalid/{kind}/{record}/{EXTERNAL_SYSTEM}")
        return str(found["value"] or "")

    def set_external_id(self, kind: str, record: int, value: str) -> None:
        """Somebody types an external id, or takes it away with ""."""
        self.office.put(f"/externalid/{kind}/{record}/{EXTERNAL_SYSTEM}", value=value)

    def look_up_own_company(self) -> int:
        """The contractor itself, as the account names it."""
        return int(self.office.all("/account", "accounts")[0]["primeCompany"]["id"])

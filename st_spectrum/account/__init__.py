"""One contractor's account file as typed, frozen values: connections, code rules and maps.

Only the shapes and the rules that one section can check by itself; `file` reads YAML into them,
resolves environment references and reports every problem with its line. `accounts/sandbox.yaml` is
the commented example.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from st_spectrum.account.connections import (
    LedgerSettings,
    ServiceTradeConnection,
    SpectrumConnection,
)
from st_spectrum.account.doorbell import Doorbell
from st_spectrum.account.invoices import InvoiceRules
from st_spectrum.account.master import CostCenters, CustomerRules, JobRules, SiteRules
from st_spectrum.account.purchase_orders import PurchaseOrderRules
from st_spectrum.account.scope import Scope
from st_spectrum.account.section import Code, Contradiction, Section
from st_spectrum.account.timecards import TimecardRules
from st_spectrum.account.types import (
    EmailAddress,
    OfficeCode,
    OptionalDay,
    OptionalWebAddress,
    OwnPath,
    SalesTaxCode,
    State,
    TaxClassCode,
    TermsCode,
    TimeZone,
    WorkStateCode,
)


class SalesTax(Section):
    """Sales tax code: `fixed` for everybody, else by tax group code, else by state, else `default`.

    `not_taxable` is for what bears none.
    """

    fixed: Code = Field(default="", max_length=15)
    by_tax_group: dict[str, SalesTaxCode] = {}
    by_state: dict[State, SalesTaxCode] = {}
    default: Code = Field(default="", max_length=15)
    not_taxable: Code = Field(default="", max_length=15)


class TaxClass(Section):
    """A job's tax class by tax group code, else by state, else `default`."""

    by_tax_group: dict[str, TaxClassCode] = {}
    by_state: dict[State, TaxClassCode] = {}
    default: Code = Field(default="", max_length=15)


class PaymentTerms(Section):
    """ServiceTrade payment terms name -> AR terms code (one character), with a default."""

    by_name: dict[str, TermsCode] = {}
    default: TermsCode


class Maps(Section):
    """What is called one thing there and another here; used by several flows."""

    payment_terms: PaymentTerms
    sales_tax: SalesTax = SalesTax()
    tax_class: TaxClass = TaxClass()
    work_state: dict[State, WorkStateCode] = {}
    default_work_state: Code = Field(default="", max_length=10)
    cost_centers: CostCenters = CostCenters()
    offices: dict[str, OfficeCode] = {}


class Pace(Section):
    """Poll interval, overlap of change windows, batch size, re-drive attempts."""

    poll_seconds: int = Field(default=4, ge=1)
    overlap_seconds: int = Field(default=300, ge=0)
    tick_budget_seconds: float = Field(default=20, gt=0, lt=60)
    batch_size: int = Field(default=250, ge=1, le=5000)
    workers: int = Field(default=6, ge=1, le=32)
    attempts_before_a_person: int = Field(default=8, ge=1)
    retry_held_after_seconds: float = Field(default=30, gt=0)
    retry_rejected_after_seconds: float = Field(default=3600, gt=0)
    lookup_patience_seconds: float = Field(default=86400, gt=0)


class Limits(Section):
    """How much one flow sends at once without a plan that a person applies; 0 for any."""

    records_per_round: int = Field(default=0, ge=0)
    money_per_round: Decimal = Field(default=Decimal(0), ge=0)


class Support(Section):
    """Who gets mails about what does not go on, how often, and through which server.

    `payroll_contacts` get the weekly mail about payroll; without them the `contacts` do.
    `dagster_url` is where people open Dagster, so that a mail can link to a run. The check
    `backlog_is_in_bounds` of a flow warns once its oldest record waits longer than
    `oldest_waiting_hours`, or more than `waiting_money` (dollars; None for any) waits;
    `delay_is_in_bounds` once a twentieth of a run's records took longer than `delay_hours` from
    their change at the source until they had crossed.
    """

    contacts: tuple[EmailAddress, ...] = ()
    payroll_contacts: tuple[EmailAddress, ...] = ()
    sender: EmailAddress = "st-spectrum@localhost"
    smtp_host: str = ""
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_timeout_seconds: float = Field(default=20, gt=0)
    digest_hours: int = Field(default=24, ge=1)
    oldest_waiting_hours: float = Field(default=72, gt=0)
    waiting_money: Decimal | None = Field(default=None, ge=0)
    delay_hours: float = Field(default=24, gt=0)
    dagster_url: OptionalWebAddress = ""

    @property
    def for_payroll(self) -> tuple[str, ...]:
        """Who gets the weekly mail about payroll."""
        return self.payroll_contacts or self.contacts

    def contradictions(self) -> Iterator[Contradiction]:
        """A login must be complete, and no password crosses the network in the clear."""
        if bool(self.smtp_user) != bool(self.smtp_password.get_secret_value()):
            yield (
                ("smtp_user", "smtp_password"),
                "smtp_user and smtp_password are given together or not at all",
            )
        if self.smtp_user and self.smtp_security == "none":
            yield (
                ("smtp_security", "smtp_user"),
                "a login needs starttls or tls, or its password would travel readable",
            )


class Account(Section):
    """Everything that one contractor decided, and nothing that can change while a run lasts.

    `go_live` is the day from which on records cross; what was before it was entered by hand. With
    the mode `approve` nothing is sent but what a person has read in a plan and applied.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    go_live: OptionalDay = ""
    mode: Literal["automatic", "approve"] = "automatic"
    scope: Scope = Scope()
    timezone: TimeZone = "America/New_York"
    office_timezones: tuple[TimeZone, ...] = ()
    servicetrade: ServiceTradeConnection
    spectrum: SpectrumConnection
    ledger: LedgerSettings = LedgerSettings()
    state_dir: OwnPath = Path(".local")
    customers: CustomerRules = CustomerRules()
    sites: SiteRules = SiteRules()
    jobs: JobRules = JobRules()
    invoices: InvoiceRules = InvoiceRules()
    timecards: TimecardRules = TimecardRules()
    purchase_orders: PurchaseOrderRules = PurchaseOrderRules()
    maps: Maps
    pace: Pace = Pace()
    limits: Limits = Limits()
    doorbell: Doorbell = Doorbell()
    support: Support = Support()

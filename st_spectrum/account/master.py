"""Rules of the master data: customers, sites, jobs, and the cost centers they use."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from st_spectrum.account.number_formats import NumberFormat
from st_spectrum.account.section import Code, Contradiction, Section
from st_spectrum.account.types import (
    ContractType,
    CostCenterCode,
    JobType,
    TagPattern,
)
from st_spectrum.domain.decisions import CodeRange


class CodeRule(Section):
    """Prefix and number range of the codes that we allocate; ten characters at most [SP 8, 9]."""

    prefix: str = Field(default="", pattern=r"^[A-Z0-9]*$", max_length=8)
    first: int = Field(default=1, ge=0)
    last: int = Field(default=99999, ge=0)

    def contradictions(self) -> Iterator[Contradiction]:
        """The range goes upwards and its codes fit into Spectrum's ten characters."""
        if self.last < self.first:
            yield (
                ("last", "first"),
                f"the range is upside down: last is {self.last}, first is {self.first}",
            )
        if len(self.prefix) + len(str(self.last)) > 10:
            yield (
                ("last", "prefix"),
                f"{self.prefix}{self.last} exceeds the 10 characters of a Spectrum code",
            )

    def as_range(self, kind: str) -> CodeRange:
        """The range for the engine's allocator; numbers are padded to the width of the last one."""
        return CodeRange(kind, self.prefix, self.first, self.last, len(str(self.last)))


BeforeGoLive = Literal["needed", "all", "never"]
"""What becomes of a record that was made before go-live: it crosses when one that crosses needs it,
in any case, or not at all.
"""


CodesFrom = Literal["account", "spectrum"]
"""Whether the account file names a code, or the records that stand in Spectrum do."""


class CustomerRules(Section):
    """Company -> AR customer. `type` is an optional customer type code.

    `lookalikes` says what becomes of a company that resembles a customer which no company carries,
    once the account was matched.
    """

    before_go_live: BeforeGoLive = "needed"
    lookalikes: Literal["hold", "write"] = "hold"
    codes: CodeRule = CodeRule(prefix="C")
    type: Code = Field(default="", max_length=10)


class SiteRules(Section):
    """Location -> work-order site."""

    before_go_live: BeforeGoLive = "needed"
    codes: CodeRule = CodeRule(prefix="S")


class CostCenters(Section):
    """Cost center by office or by service line name, in the order of `precedence`; `default` when
    neither knows one.
    """

    precedence: tuple[Literal["service_line", "office"], ...] = ("service_line", "office")
    by_service_line: dict[str, CostCenterCode] = {}
    by_office: dict[str, CostCenterCode] = {}
    default: Code = Field(default="", max_length=10)
    price_method: dict[CostCenterCode, Literal["F", "T", "C", "U"]] = {}
    default_price_method: Literal["F", "T", "C", "U"] = "F"


class ProjectManagers(Section):
    """The project manager from job tags: what follows `tag_prefix`, or group 1 of `tag_pattern`;
    upper-cased.
    """

    tag_prefix: str = ""
    tag_pattern: TagPattern = ""


class Salesperson(Section):
    """Whether a job waits until its salesperson carries a Spectrum code, and where that code goes.

    AddJob has no field of its own for it [SP 10].
    """

    is_required: bool = False
    into: Literal["", "Estimator", "Superintendent"] = ""


class JobRules(Section):
    """Job -> Spectrum job(s). `number_format` is a format string over `number`, `cost_center` and
    `office`.

    With `tax_from` spectrum a job takes the tax of its customer there, with `cost_center_from` and
    `price_method_from` spectrum the codes of the template job.
    """

    number_format: NumberFormat = "{number}"
    ignored_types: tuple[JobType, ...] = ()
    contract_type: dict[JobType, ContractType] = {}
    default_contract_type: Code = Field(default="", max_length=10)
    project_manager: ProjectManagers = ProjectManagers()
    salesperson: Salesperson = Salesperson()
    has_office_in_udf1: bool = False
    is_multi_cost_center: bool = False
    template_job: Code = Field(default="", max_length=10)
    tax_from: CodesFrom = "account"
    cost_center_from: CodesFrom = "account"
    price_method_from: CodesFrom = "account"
    other_customers_sites: Literal["hold", "write"] = "hold"
    may_share_numbers: bool = False
    oh_batch_code: Code = Field(default="", max_length=10)

    @property
    def reads_template(self) -> bool:
        """Whether a new job takes codes of the template job."""
        return "spectrum" in (self.cost_center_from, self.price_method_from)

    @property
    def reads_spectrum(self) -> bool:
        """Whether a new job takes codes of any record of Spectrum."""
        return self.reads_template or self.tax_from == "spectrum"

    def contradictions(self) -> Iterator[Contradiction]:
        """One Spectrum job per cost center needs a number per cost center. What comes from the
        template job needs one, and is one code.
        """
        if self.reads_template and not self.template_job:
            name = (
                "cost_center_from" if self.cost_center_from == "spectrum" else "price_method_from"
            )
            yield (name, "template_job"), "spectrum needs a template_job, whose code is taken"
        if self.cost_center_from == "spectrum" and self.is_multi_cost_center:
            yield (
                ("cost_center_from", "is_multi_cost_center"),
                "the template job has one cost center, which makes no job for each of several",
            )
        if self.is_multi_cost_center and "{cost_center" not in self.number_format:
            yield (
                ("number_format", "is_multi_cost_center"),
                "a multi-cost-center account needs {cost_center} here",
            )

"""What is known of a flow beforehand: its name, its words, its place among the others. Pure.

Each flow has one in its folder, and `st_spectrum.flows.FLOWS` lists them. Whoever deals with all
flows (engine, Dagster, reports, mails, commands, pages) asks it, and compares no flow's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from st_spectrum.domain.commands import System


@dataclass(frozen=True)
class SharedKeys:
    """What several records of a flow come to in the target under one key, where that is ordinary,
    such as branches that are billed as one.

    `record` is what such a record is called. Without an `outcome` it is a mistake, which an account
    may allow.
    """

    record: str = ""
    outcome: str = ""


@dataclass(frozen=True, kw_only=True)
class FlowDescription:
    """One flow. What it does with a record is in `flow.py` of its folder."""

    name: str
    """On the command line, in the ledger's paths, of assets, jobs and sensors; it never changes."""
    text: str
    """What the page of the asset says."""
    source: System
    target: System
    after: tuple[str, ...] = ()
    """The flows whose records its own may need."""
    folder: str = ""
    """The package with its modules `notice` and `flow`; "" for the one of its name in `flows`."""

    servicetrade_records: str
    """What it is about in ServiceTrade."""
    spectrum_records: str
    """What it is about in Spectrum."""
    written_by: str
    """The calls that write its records."""

    entity_type: str = ""
    """ServiceTrade's word for a record, in its API and in the address of its page; "" where a
    record has no page of its own."""
    plural: str = ""
    """The word for several records that stand in ServiceTrade, such as "companies"."""
    singular: str = ""
    """The word for one of them where it is not `entity_type`."""
    waiting_noun: str = ""
    """One record that has yet to cross, such as "open job"; "" where `check` counts none."""
    target_noun: str = ""
    """The word for one record in the target, such as "site", where its keys are codes of ours."""
    title_word: str = ""
    """The word before the number in a record's title, such as "Invoice"; "" without number."""
    key_heading: str = "ServiceTrade id"
    """What a key is called above a table."""
    noticed: str
    """Why the records that a sensor noticed are asked for."""
    rung_by: frozenset[str] = frozenset()
    """The kinds of records whose change, told by a webhook, may be news for it [ST 12.1]; none
    where ServiceTrade tells of none.
    """
    doubles_corrected_by: str = "Accounting, in Spectrum"
    """Who puts right what stands twice."""

    closed_by: Literal["", "month", "week"] = ""
    """The period whose control totals people export and sign: a month of AR or a payroll week; ""
    where nobody signs anything."""
    carries_money: bool = False
    """Whether its records are worth money, so that a report sums it up."""
    has_approved_sums: bool = False
    """Whether a sum is approved for each record; `sums_agree` compares it with what was posted."""
    costs_jobs: bool = False
    """Whether its records are costs of jobs, which an export of the ledger adds up apart."""
    is_resubmitted: bool = False
    """Whether refused records stay `failed` at the source, untried, until somebody submits them."""
    has_reserved_numbers: bool = False
    """Whether the numbers of its target records follow from the source: each is reserved."""
    unmatched_cause: str = ""
    """What a mail says of records in the target that go with none of the source, though nothing of
    them stands twice; "" where these are no reason for a mail."""
    may_vanish: bool = False
    """Whether too much that is missing at once stops it, until a person says that it is gone."""
    is_of_companies: bool = False
    """Whether each of its records belongs to a company, by which a first load can be parted."""
    makes_needed: bool = True
    """Whether what its records wait for has to cross although it is older than go-live."""
    shared_keys: SharedKeys | None = None
    """What two records with one typed target key come to; None where people type none."""

    code_places: Mapping[str, str] = field(default_factory=dict)
    """Where in the account file the codes come from that its calls send, by field, or by
    "Operation.Field" where one call differs.

    The fields have the names of the SOAP services; the REST names of the same fields differ in
    case and underscores only.
    """

    def noun(self, count: int) -> str:
        """The word for so many of its records in ServiceTrade."""
        one = self.singular or self.entity_type
        return one if count == 1 and one else self.plural or self.name

    def number_in(self, title: str) -> str:
        """The number by which people know a record of this title; "" for one without."""
        first, _, rest = title.partition(" ")
        return rest.partition(" ")[0] if first and first == self.title_word else ""

    def module(self, name: str) -> str:
        """The full name of one of its modules."""
        return f"{self.folder or f'st_spectrum.flows.{self.name}'}.{name}"

    @property
    def group(self) -> str:
        """The group of its asset in Dagster."""
        return f"{self.source}_to_{self.target}"

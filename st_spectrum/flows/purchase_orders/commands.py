"""What the purchase orders flow writes to ServiceTrade: the job item of each line. `line` is the
line's key, as in `4412|1`."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from st_spectrum.domain.commands import Command, System
from st_spectrum.flows.purchase_orders.job_item_memory import FIELDS, ItemValues


@dataclass(frozen=True)
class _OfLine(Command):
    """A write of one line's item, found again by the line."""

    system = System.SERVICETRADE

    line: str

    @property
    def key(self) -> str:
        """The line's key."""
        return self.line

    @property
    def fields(self) -> Mapping[str, str]:
        """Nothing but the line."""
        return {}


@dataclass(frozen=True)
class JobItemInDoubt(_OfLine):
    """A sent job item that has not arrived: never sent itself, but waited for like one that is."""

    operation = "POST /jobitem"
    is_stored_twice = True


@dataclass(frozen=True)
class AddJobItem(JobItemInDoubt):
    """A new item on a job [ST 7.1]. ServiceTrade makes another one of the same each time."""

    job_id: int
    version: int
    values: ItemValues

    @property
    def fields(self) -> Mapping[str, str]:
        """The values as text."""
        return {
            "job_id": str(self.job_id),
            "version": str(self.version),
            "values": self.values.encode(),
        }

    @property
    def amount(self) -> Decimal | None:
        """What the item costs from then on."""
        return self.values.total

    @property
    def rows(self) -> tuple[Mapping[str, object], ...]:
        """The job, and the values."""
        return ({"job_id": self.job_id}, _row(self.values))


@dataclass(frozen=True)
class UpdateJobItem(_OfLine):
    """Other values of an item [ST 7.1]."""

    operation = "PUT /jobitem/{id}"
    is_repeatable = True

    version: int
    values: ItemValues

    @property
    def fields(self) -> Mapping[str, str]:
        """The values as text."""
        return {"version": str(self.version), "values": self.values.encode()}

    @property
    def amount(self) -> Decimal | None:
        """What the item costs from then on."""
        return self.values.total

    @property
    def rows(self) -> tuple[Mapping[str, object], ...]:
        """The values."""
        return ({}, _row(self.values))


@dataclass(frozen=True)
class RemoveJobItem(_OfLine):
    """The item goes [ST 7.1]."""

    operation = "DELETE /jobitem/{id}"
    is_repeatable = True


@dataclass(frozen=True)
class LinkJobItem(_OfLine):
    """The external id of the item, by which people and programs know its line."""

    operation = "job item external id"
    is_repeatable = True

    external_id: str

    @property
    def fields(self) -> Mapping[str, str]:
        """The external id."""
        return {"value": self.external_id}


@dataclass(frozen=True)
class AdoptJobItem(_OfLine):
    """Only notes an item that bears the line's external id already."""

    operation = "job item found"
    is_repeatable = True

    item_id: int
    job_id: int
    version: int
    values: ItemValues

    @property
    def fields(self) -> Mapping[str, str]:
        """The values as text."""
        return {
            "item_id": str(self.item_id),
            "job_id": str(self.job_id),
            "version": str(self.version),
            "values": self.values.encode(),
        }

    @property
    def amount(self) -> Decimal | None:
        """What the item costs from then on."""
        return self.values.total

    @property
    def rows(self) -> tuple[Mapping[str, object], ...]:
        """The job, and the values."""
        return ({"job_id": self.job_id}, _row(self.values))


def _row(values: ItemValues) -> Mapping[str, object]:
    return {name: getattr(values, name) for name in FIELDS}

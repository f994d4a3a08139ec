"""Job items of ServiceTrade: what was used on a job, bought or worked [ST 7]."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError, model_validator

from st_spectrum.account.connections import ServiceTradeConnection
from st_spectrum.domain.errors import OutcomeUnknown, Rejected
from st_spectrum.servicetrade import wire
from st_spectrum.servicetrade.item_models import JobItem, JobItemFields, LibraryItem
from st_spectrum.servicetrade.models import (
    OnUnreadable,
)
from st_spectrum.servicetrade.resources import Resources
from st_spectrum.servicetrade.source_keys import in_our_keys, in_their_keys
from st_spectrum.servicetrade.transport import Transport


def _model_of(keys: Mapping[str, str]) -> type[JobItem]:
    """A job item whose source is read under the keys that it has there."""
    if not keys:
        return JobItem

    class JobItemThere(JobItem):
        @model_validator(mode="before")
        @classmethod
        def _in_our_keys(cls, value: Any) -> Any:
            return in_our_keys(value, keys)

    return JobItemThere


class JobItems(Resources):
    """Reads and writes the items of jobs."""

    def __init__(self, connection: ServiceTradeConnection, transport: Transport) -> None:
        super().__init__(connection, transport)
        self._source_keys: dict[str, str] = {
            str(ours): there for ours, there in connection.item_source_keys.items()
        }
        self._item_model = _model_of(self._source_keys)

    def job_items(
        self, job_id: int | None = None, updated_after: int | None = None
    ) -> Iterator[JobItem]:
        """What was used on one job, or on all of them; changed at or after `updated_after` in epoch
        seconds [ST 1.3, 7.1].
        """
        return self._list(
            "jobitem", "jobItems", self._item_model, jobId=job_id, updatedAfter=updated_after
        )

    def job_item(self, item_id: int) -> JobItem | None:
        """One job item [ST 7.1], or None when there is none, or none any more."""
        return self._one("jobitem", "jobItems", self._item_model, item_id)

    def add_job_item(self, fields: JobItemFields) -> JobItem:
        """A write: put an item on a job [ST 7.1]. `fields` need a name and a job; the external id
        is set afterwards.

        Raises `Rejected` when ServiceTrade refuses it, `OutcomeUnknown` when the answer was lost or
        tells of no item.
        """
        operation = "POST /jobitem"
        return self._written_item(
            operation, self._transport.write(operation, "POST", "/jobitem", self._sent(fields))
        )

    def change_job_item(self, item_id: int, fields: JobItemFields) -> JobItem:
        """A write: change what `fields` give and leave the rest of the item alone [ST 1, 7.1];
        raises as adding does.
        """
        operation = "PUT /jobitem/{id}"
        answer = self._transport.write(operation, "PUT", f"/jobitem/{item_id}", self._sent(fields))
        return self._written_item(operation, answer)

    def delete_job_item(self, item_id: int) -> None:
        """A write: take an item off its job [ST 7.1]; one that has gone already is no error.
        `Rejected`, `OutcomeUnknown`.
        """
        operation = "DELETE /jobitem/{id}"
        try:
            wire.taken(self._transport.write(operation, "DELETE", f"/jobitem/{item_id}"), operation)
        except Rejected as refusal:
            if not all(problem.code == "404" for problem in refusal.problems):
                raise

    def lib_items(self) -> tuple[LibraryItem, ...]:
        """The catalogue that job items are made from, retired ones too [ST 7.4]."""
        return tuple(self._list("libitem", "libItems", LibraryItem))

    def labor_items(
        self,
        start: int,
        end: int,
        *,
        updated_after: int | None = None,
        on_unreadable: OnUnreadable = None,
    ) -> Iterator[JobItem]:
        """Job items made from labor and used at or after `start` and before `end`, epoch seconds
        [ST 7.1, 8.3].

        The technician is in the `source`. An item without a day of use is in no such list.
        """
        used = {"usedOnAfter": start, "usedOnBefore": end, "updatedAfter": updated_after}
        items = self._list(
            "jobitem", "jobItems", self._item_model, on_unreadable, libItemType="labor", **used
        )
        return (item for item in items if start <= item.used_on < end)

    def _sent(self, fields: JobItemFields) -> dict[str, object]:
        return in_their_keys(fields.as_wire(), self._source_keys)

    def _written_item(self, operation: str, body: object) -> JobItem:
        answer = wire.taken(body, operation)
        try:
            return self._item_model.model_validate(answer)
        except ValidationError:
            text = f"the item was taken, and what it became cannot be read: {wire.shape(answer)}"
            raise OutcomeUnknown(text, system=wire.SYSTEM, operation=operation) from None

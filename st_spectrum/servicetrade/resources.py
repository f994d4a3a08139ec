"""How a resource of ServiceTrade is read, one record or a whole list, whatever it is called."""

from collections import Counter
from collections.abc import Iterator
from typing import Self, TypeVar

from st_spectrum.account.connections import ServiceTradeConnection
from st_spectrum.servicetrade import wire
from st_spectrum.servicetrade.models import (
    OnUnreadable,
    Record,
)
from st_spectrum.servicetrade.paging import Page, one_record, read_all, read_page
from st_spectrum.servicetrade.parsing import parsed, parsed_each
from st_spectrum.servicetrade.transport import Transport

R = TypeVar("R", bound=Record)


class Resources:
    """The connection, and the two ways to read. Use it as a context manager, or `close()` it."""

    def __init__(self, connection: ServiceTradeConnection, transport: Transport) -> None:
        self._transport = transport
        self._page_limit = connection.page_limit
        self._external_system, self.timeout_seconds = (
            connection.external_system,
            connection.timeout_seconds,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    @property
    def calls(self) -> Counter[str]:
        """Requests sent so far by operation such as "GET /company/{id}", repetitions and logins
        included; a copy.
        """
        return self._transport.calls

    def now(self) -> int:
        """Epoch seconds by ServiceTrade's clock, as its last answer showed it; by ours before the
        first answer.
        """
        return self._transport.now()

    def _one(self, resource: str, plural: str, model: type[R], record_id: int) -> R | None:
        operation = f"GET /{resource}/{{id}}"
        if record_id <= 0:
            text = f"a {resource} of a list has no id by which it could be read"
            raise wire.RecordBroken(text, system=wire.SYSTEM, operation=operation)
        body = self._transport.read(operation, f"/{resource}/{record_id}")
        return (
            None if body is None else parsed(model, one_record(body, plural, operation), operation)
        )

    def _count(self, resource: str, plural: str, **filters: wire.Parameter) -> int:
        """How many records a list has: of pages with one record each [ST 1.2]."""
        operation = f"GET /{resource}"
        body = self._transport.read(
            operation, f"/{resource}", wire.query(limit=1, page=1, **filters)
        )
        if body is None:
            raise wire.broken(operation, "ServiceTrade knows no such list (HTTP 404)")
        page = read_page(body, plural, 1, operation)
        if page.total_count is not None:
            return page.total_count
        return page.total_pages if page.records else 0

    def _list(
        self,
        resource: str,
        plural: str,
        model: type[R],
        on_unreadable: OnUnreadable = None,
        **filters: wire.Parameter,
    ) -> Iterator[R]:
        operation = f"GET /{resource}"
        limit = wire.page_limit(resource, self._page_limit)

        def fetch(number: int) -> Page:
            body = self._transport.read(
                operation, f"/{resource}", wire.query(limit=limit, page=number, **filters)
            )
            if body is None:
                raise wire.broken(operation, "ServiceTrade knows no such list (HTTP 404)")
            return read_page(body, plural, number, operation)

        return parsed_each(model, read_all(fetch, operation), operation, on_unreadable)

"""The webhooks of the ServiceTrade account [ST 12.1]. The login needs `admin.account`."""

from collections.abc import Callable, Iterable

from pydantic import Field

from st_spectrum.domain.errors import Rejected
from st_spectrum.servicetrade import wire
from st_spectrum.servicetrade.models import Record
from st_spectrum.servicetrade.transport import Transport
from st_spectrum.servicetrade.value_types import Flag, Text


class Webhook(Record):
    """An address that is told of changes [ST 12.1]."""

    hook_url: Text = Field(default="", alias="hookUrl", description="never changes [ST 12.1]")
    enabled: Flag = Field(default=False, description="[ST 12.1]")
    entity_events: object = Field(
        default=None, alias="entityEvents", description="null for everything [ST 12.1]"
    )

    @property
    def is_filtered(self) -> bool:
        """Whether some changes are not told."""
        return self.entity_events is not None


class Webhooks:
    """Reads raise as those of the client do, and so do writes."""

    def __init__(self, transport: Transport, list_all: Callable[..., Iterable[Webhook]]) -> None:
        self._transport, self._list = transport, list_all

    def all(self) -> tuple[Webhook, ...]:
        """Every webhook of the account."""
        return tuple(self._list("webhook", "webhooks", Webhook))

    def add(self, hook_url: str) -> None:
        """A write: tell an address of every change, without what has changed."""
        operation = "POST /webhook"
        payload = {
            "hookUrl": hook_url,
            "enabled": True,
            "includeChangesets": False,
            "entityEvents": None,
        }
        wire.taken(self._transport.write(operation, "POST", "/webhook", payload), operation)

    def switch_on(self, webhook_id: int) -> None:
        """A write: enabled, and for everything."""
        operation = "PUT /webhook/{id}"
        payload = {"enabled": True, "entityEvents": None}
        path = f"/webhook/{webhook_id}"
        wire.taken(self._transport.write(operation, "PUT", path, payload), operation)

    def remove(self, webhook_id: int) -> None:
        """A write; one that has gone already is no error."""
        operation = "DELETE /webhook/{id}"
        try:
            path = f"/webhook/{webhook_id}"
            wire.taken(self._transport.write(operation, "DELETE", path), operation)
        except Rejected as refusal:
            if not all(problem.code == "404" for problem in refusal.problems):
                raise

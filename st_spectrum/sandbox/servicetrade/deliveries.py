"""Messages of webhooks, on their way to whoever asked for them: unsigned, at most three attempts
each, from threads of their own, so that no call waits for a receiver [ST 12.2].
"""

import heapq
import json
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from st_spectrum.sandbox.loopback import loopback_client
from st_spectrum.sandbox.servicetrade import comment
from st_spectrum.sandbox.servicetrade.documents import Document, Documents, Event
from st_spectrum.sandbox.servicetrade.switches import Switches

SENDING = frozenset(
    {
        "appointment", "attachment", "clockevent", "company", "contact", "deficiency", "invoice",
        "job", "jobitem", "location", "quote", "quoteitem", "user",
    }
)  # fmt: skip
"""Kinds that webhooks tell of; time cards, service requests and library items are not among them
[ST 12.1].
"""
TRACKED: Mapping[str, tuple[str, ...]] = {
    "appointment": ("status", "windowStart", "windowEnd"),
    "job": ("status",),
}
"""The fields of a changeset; the status of an invoice is not one of them [ST 12.2]."""

ATTEMPTS = 3
ANSWER_SECONDS = 5.0
THREADS = 4
"""A receiver that never answers does not hold up the others; so messages overtake one another."""
REMEMBERED = 1000


@dataclass(frozen=True)
class Attempt:
    """One try at one message; `status` 0 means that no answer came in time."""

    hook_id: int
    message: Document
    number: int
    status: int

    @property
    def is_delivered(self) -> bool:
        """Every answer but a server's error counts [ST 12.2]."""
        return 200 <= self.status < 500


@dataclass(order=True)
class _Due:
    at: float
    order: int
    hook: Document = field(compare=False)
    message: Document = field(compare=False)
    number: int = field(compare=False, default=1)


class Deliveries:
    """Tells every webhook of an account what passes its filter. `attempts` are the last ones made,
    oldest first.
    """

    def __init__(self, documents: Documents, switches: Switches) -> None:
        self.attempts: deque[Attempt] = deque(maxlen=REMEMBERED)
        self._documents = documents
        self._switches = switches
        self._waiting: list[_Due] = []
        self._under_way = 0
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._is_over = False
        self._orders = iter(range(2**62))
        documents.listeners.append(self.tell)

    def tell(self, events: Sequence[Event], user_id: int | None) -> None:
        """Put the messages about what one call did on their way; called while the state is
        locked, and never waits for a receiver.
        """
        hooks = [hook for hook in self._documents.all("webhook") if hook["enabled"]]
        for hook in hooks:
            if changes := list(_changes_for(hook, events, user_id, self._documents.now())):
                self._send(hook, _message(changes, self._documents.now()))

    def _send(self, hook: Document, message: Document) -> None:
        at = time.monotonic() + self._switches.webhook_delay_ms / 1000
        for _ in range(self._switches.webhook_copies):
            self._put(_Due(at, next(self._orders), hook, message))

    def _put(self, due: _Due) -> None:
        with self._changed:
            if self._is_over:
                return
            heapq.heappush(self._waiting, due)
            if not self._threads:
                self._threads = [
                    threading.Thread(target=self._work, name="webhooks", daemon=True)
                    for _ in range(THREADS)
                ]
                for thread in self._threads:
                    thread.start()
            self._changed.notify()

    def _work(self) -> None:
        with loopback_client(seconds=ANSWER_SECONDS) as client:
            while (due := self._next()) is not None:
                attempt = Attempt(due.hook["id"], due.message, due.number, _post(client, due))
                self.attempts.append(attempt)
                if not attempt.is_delivered and due.number < ATTEMPTS:
                    pause = self._switches.webhook_retry_ms / 1000
                    self._put(
                        _Due(
                            time.monotonic() + pause, next(self._orders), due.hook, due.message,
                            due.number + 1,
                        )
                    )  # fmt: skip
                with self._changed:
                    self._under_way -= 1
                    self._changed.notify_all()

    def _next(self) -> _Due | None:
        with self._changed:
            while not self._is_over:
                wait = self._waiting[0].at - time.monotonic() if self._waiting else None
                if wait is not None and wait <= 0:
                    self._under_way += 1
                    return heapq.heappop(self._waiting)
                self._changed.wait(wait)
        return None

    def wait_until_sent(self, seconds: float = 10.0) -> None:
        """Until every message was delivered or given up; TimeoutError after so many seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: not (self._waiting or self._under_way), seconds):
                raise TimeoutError(f"{len(self._waiting)} messages of webhooks are still waiting")

    def clear(self) -> None:
        """Forget what is waiting and what was sent."""
        with self._changed:
            self._waiting.clear()
            self.attempts.clear()
            self._changed.notify_all()

    def close(self) -> None:
        """Send nothing any more; what is on its way goes on alone."""
        with self._changed:
            self._is_over = True
            self._waiting.clear()
            self._changed.notify_all()


def _changes_for(
    hook: Document, events: Sequence[Event], user_id: int | None, now: int
) -> Iterator[Document]:
    """The events that pass the filter of a webhook, as a message has them [ST 12.2]."""
    for event in events:
        if event.kind not in SENDING or not _wants(hook, event):
            continue
        change: Document = {
            "action": event.action,
            "timestamp": now,
            "userId": user_id,
            "entity": {
                "type": event.kind,
                "id": event.number,
                "uri": f"{hook['baseUrl']}/{event.kind}/{event.number}",
            },
        }
        if hook["includeChangesets"] and event.action == "updated":
            change["changeset"] = _changeset(event)
        yield change


def _wants(hook: Document, event: Event) -> bool:
    if hook["entityEvents"] is None:
        return True
    number = comment.NUMBERS.get(event.kind)
    return any(
        wanted["entityType"] == number and event.action in wanted["actions"]
        for wanted in hook["entityEvents"]
    )


def _changeset(event: Event) -> list[dict[str, Any]]:
    return [
        {"field": name, "oldValue": event.before.get(name), "newValue": event.after.get(name)}
        for name in TRACKED.get(event.kind, ())
        if event.before.get(name) != event.after.get(name)
    ]


def _message(changes: list[Document], now: int) -> Document:
    """The outer time is a text, the inner ones are numbers [ST 12.2]."""
    return {"messageId": str(uuid4()), "timestamp": str(now), "data": changes}


def _post(client: httpx.Client, due: _Due) -> int:
    try:
        return client.post(
            due.hook["hookUrl"],
            content=json.dumps(due.message),
            headers={"Content-Type": "application/json"},
        ).status_code
    except (httpx.HTTPError, httpx.InvalidURL):
        return 0

"""The stand-in as one ASGI app below `/api`. A new resource is one module and one line in
`RESOURCES`.
"""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from st_spectrum.sandbox.calls import Operation
from st_spectrum.sandbox.servicetrade import (
    absence,
    account,
    attachment,
    auth,
    clock,
    comment,
    company,
    contact,
    envelope,
    externalid,
    invoice,
    job,
    jobitem,
    libitem,
    location,
    paymentterms,
    serviceline,
    servicerequest,
    tag,
    taxgroup,
    timecard,
    user,
    webhook,
)
from st_spectrum.sandbox.servicetrade.deliveries import Deliveries
from st_spectrum.sandbox.servicetrade.documents import Document, Documents, Kept
from st_spectrum.sandbox.servicetrade.intake import Intake
from st_spectrum.sandbox.servicetrade.logins import Logins
from st_spectrum.sandbox.servicetrade.pages import page_routes
from st_spectrum.sandbox.servicetrade.routing import PREFIX, Routes
from st_spectrum.sandbox.servicetrade.seed import API_USER_ID, seed
from st_spectrum.sandbox.servicetrade.shapes import PLURALS
from st_spectrum.sandbox.servicetrade.switches import Switches

__all__ = ["RESOURCES", "Sandbox", "Switches", "build", "identify"]

RESOURCES = (
    auth,
    absence,
    account,
    attachment,
    clock,
    comment,
    company,
    contact,
    externalid,
    invoice,
    job,
    jobitem,
    libitem,
    location,
    paymentterms,
    serviceline,
    servicerequest,
    tag,
    taxgroup,
    timecard,
    user,
    webhook,
)

ROUTES = Routes([endpoint for resource in RESOURCES for endpoint in resource.ENDPOINTS])
BULK: Mapping[str, Document] = {
    "absence": absence.DEFAULTS,
    "clockevent": clock.DEFAULTS,
    "jobitem": jobitem.DEFAULTS | {"userId": API_USER_ID},
    "timecard": timecard.DEFAULTS,
}
"""Records of time, which a year has tens of thousands of, with what they hold when nothing is said.
"""
VERBS = ("GET", "POST", "PUT", "DELETE", "PATCH")
STATE_FILE = "servicetrade.sqlite"


class Sandbox:
    """The account behind the API, and what a person at the controls may do with it. Safe to use
    from any thread.
    """

    def __init__(
        self, state_dir: Path, switches: Switches, now: Callable[[], float] = time.time
    ) -> None:
        self.switches = switches
        self._seconds = now
        state_dir.mkdir(parents=True, exist_ok=True)
        self.documents = Documents(state_dir / STATE_FILE, self.now)
        self.logins = Logins(self.documents, switches)
        self.budget = envelope.Budget(switches)
        if not self.documents.all("account"):
            seed(self.documents)
        self.deliveries = Deliveries(self.documents, switches)

    def now(self) -> int:
        """Epoch seconds of the stand-in's clock."""
        return self.switches.frozen_time or int(self._seconds())

    def switch(self, name: str, value: Any) -> None:
        """Change one switch from now on. Raises ValueError for an unknown name or a value of
        another type.
        """
        self.switches.put(name, value)

    def reset(self) -> None:
        """Empty the account but for the fixed set-up; everybody is logged out."""
        with self.documents.lock:
            self.deliveries.clear()
            self.documents.clear()
            seed(self.documents)
            self.logins.reload()
            self.budget.clear()

    def counts(self) -> dict[str, int]:
        """Number of records by kind."""
        with self.documents.lock:
            return dict.fromkeys(sorted(PLURALS), 0) | self.documents.counts()

    def records(self, kind: str) -> list[Document]:
        """The records of one kind as they are kept, references as ids. KeyError for an unknown
        kind.
        """
        if kind not in PLURALS:
            raise KeyError(f"ServiceTrade table {kind!r}; there are {', '.join(sorted(PLURALS))}")
        with self.documents.lock:
            return [dict(record) for record in self.documents.all(kind)]

    def edit(self, kind: str, number: int, changes: Mapping[str, Any]) -> None:
        """Change stored fields as somebody in the office app could, unchecked; KeyError when there
        is no such record.
        """
        with self.documents.lock:
            self.documents.change(kind, number, changes)
            self.documents.commit()

    def add(self, kind: str, records: Sequence[Mapping[str, Any]]) -> list[int]:
        """Add many records at once, unchecked and as they are kept; their ids in the same order.

        What a record leaves out is as a POST would have it. KeyError for a kind that is not filled
        this way.
        """
        if kind not in BULK:
            raise KeyError(
                f"ServiceTrade table {kind!r} is not filled in bulk; {', '.join(BULK)} are"
            )
        with self.documents.lock:
            made = []
            for record in records:
                values = {**BULK[kind], **record}
                if kind == "timecard":
                    rows = [timecard.DAY_DEFAULTS | dict(row) for row in values["dayLogs"]]
                    values["dayLogs"] = timecard.with_ids(self.documents, rows)
                made.append(self.documents.insert(kind, values)["id"])
            self.documents.commit()
        return made

    def kept(self) -> Kept:
        """The account as it is now, for `put_back`."""
        return self.documents.kept()

    def put_back(self, kept: Kept) -> None:
        """The account as it was then, logins included."""
        with self.documents.lock:
            self.deliveries.clear()
            self.documents.put_back(kept)
            self.logins.reload()
            self.budget.clear()

    def close(self) -> None:
        """Let go of the state file; messages that wait are lost."""
        self.deliveries.close()
        with self.documents.lock:
            self.documents.close()


def build(state_dir: Path, switches: Switches, now: Callable[[], float] = time.time) -> Starlette:
    """The app; its `state.sandbox` is the `Sandbox`. State that `state_dir` holds from an earlier
    life is taken up.

    `now` gives seconds since 1970.
    """
    sandbox = Sandbox(state_dir, switches, now)
    intake = Intake(ROUTES, sandbox.documents, sandbox.logins, sandbox.budget, switches)

    async def endpoint(request: Request) -> Response:
        return intake.serve(request, await request.body())

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        sandbox.close()

    app = Starlette(
        routes=[
            Route(PREFIX + "/{path:path}", endpoint, methods=list(VERBS)),
            # The vendor's Python package logs in beside the API, not below it [ST 2.2].
            Route("/oauth2/{path:path}", endpoint, methods=list(VERBS)),
            *page_routes(sandbox.records),
        ],
        lifespan=lifespan,
    )
    app.state.sandbox = sandbox
    return app


def identify(method: str, path: str, query: str, body: bytes) -> Operation:
    """How a call is named in the log and in fault rules: `PUT /company/{id}` and the id or natural
    key.
    """
    return ROUTES.identify(method, path, query, body)

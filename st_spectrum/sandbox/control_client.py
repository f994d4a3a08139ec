"""Typed client of the sandbox's control API, for tests, the demo and the benchmark."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter

from st_spectrum.sandbox.calls import CallEntry, SystemName
from st_spectrum.sandbox.faults import FaultRule
from st_spectrum.sandbox.loopback import loopback_client
from st_spectrum.sandbox.mailsink import Mail

RULES = TypeAdapter(tuple[FaultRule, ...])
CALLS = TypeAdapter(list[CallEntry])
MAILS = TypeAdapter(list[Mail])

RECORDS_AT_ONCE = 5_000
"""Records of one call that adds many."""


class ControlRefused(Exception):
    """The control API could not carry out a request; the text says why."""


class Control:
    """One sandbox, reached by the address of its console."""

    def __init__(self, base_url: str, transport: httpx.BaseTransport | None = None) -> None:
        self._http = loopback_client(base_url, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def faults(self) -> tuple[FaultRule, ...]:
        """The rules not yet spent."""
        return RULES.validate_json(self._call("GET", "/control/faults"))

    def add_fault(self, **rule: Any) -> tuple[FaultRule, ...]:
        """Add one rule by the fields of `FaultRule`; answers all rules in force."""
        return RULES.validate_json(self._call("POST", "/control/faults", rule))

    def clear_faults(self) -> None:
        self._call("DELETE", "/control/faults")

    def calls(
        self,
        system: SystemName | None = None,
        operation: str | None = None,
        writes: bool | None = None,
        after: int = 0,
    ) -> list[CallEntry]:
        """The logged calls that match, oldest first; `after` is a sequence number."""
        wanted = {
            "system": system,
            "operation": operation,
            "writes": None if writes is None else str(int(writes)),
            "after": str(after),
        }
        query = {name: value for name, value in wanted.items() if value is not None}
        return CALLS.validate_json(self._call("GET", "/control/calls", query=query))

    def clear_calls(self) -> None:
        self._call("DELETE", "/control/calls")

    def latency(self, servicetrade: float = 0.0, spectrum: float = 0.0) -> None:
        """Let every call of a system wait that many seconds."""
        self._call("POST", "/control/latency", {"servicetrade": servicetrade, "spectrum": spectrum})

    def switch(self, system: SystemName, **values: Any) -> None:
        """Set switches of one system; see its `Switches` for what there is."""
        self._call("POST", "/control/switches", {system: values})

    def switches(self) -> dict[str, dict[str, Any]]:
        values: dict[str, dict[str, Any]] = self._read("/control/switches")
        return values

    def reset(self) -> None:
        """Back to a fresh start: both systems empty and open, no faults, calls, mails or latency,
        switches as built.
        """
        self._call("POST", "/control/reset")

    def counts(self) -> dict[str, dict[str, int]]:
        """Rows by system and table."""
        counts: dict[str, dict[str, int]] = self._read("/control/counts")
        return counts

    def records(self, system: SystemName, table: str) -> list[dict[str, Any]]:
        """The raw rows of one table."""
        rows: list[dict[str, Any]] = self._read(f"/control/records/{system}/{table}")
        return rows

    def edit(self, table: str, number: int, **changes: Any) -> None:
        """Change a ServiceTrade record as somebody in the office could, unchecked."""
        self._call("POST", "/control/edit", {"table": table, "id": number, "changes": changes})

    def add_records(self, table: str, records: Sequence[Mapping[str, Any]]) -> list[int]:
        """Add many ServiceTrade records at once, unchecked and as they are kept; their ids in the
        same order.

        For the tables absence, clockevent, jobitem and timecard, which a year fills with tens of
        thousands of records.
        """
        made: list[int] = []
        for start in range(0, len(records), RECORDS_AT_ONCE):
            body = {"table": table, "records": list(records[start : start + RECORDS_AT_ONCE])}
            made += json.loads(self._call("POST", "/control/records", body))["ids"]
        return made

    def keep_employees(self, *employees: Mapping[str, str]) -> None:
        """Enter or change employees at the Spectrum screen, by the columns of the payroll master;
        Employee_Code is needed.
        """
        self._call("POST", "/control/employees", {"employees": list(employees)})

    def payroll(self, action: str, batch: str = "") -> int:
        """Let a payroll clerk approve, post or delete the pre-time cards of one batch, or of all;
        how many there were.
        """
        return int(
            json.loads(self._call("POST", f"/control/timecards/{action}", {"batch": batch}))[
                "cards"
            ]
        )

    def make_order(self, *lines: Mapping[str, Any], **header: Any) -> str:
        """Enter a purchase order at the Spectrum screen, open at once, by the fields of [SP 15.2];
        answers its number.
        """
        made = json.loads(
            self._call("POST", "/control/orders", {**header, "poDetails": list(lines)})
        )
        return str(made["number"])

    def order(self, number: str, action: str, **values: Any) -> None:
        """Do something to a purchase order at the Spectrum screen; `order_screen.ACTIONS` lists
        what there is.

        order("4412", "receive", line=1, quantity="2")
        order("4412", "change_line", line=1, price="12.50", quantity="3")
        """
        self._call("POST", f"/control/orders/{quote(number, safe='')}/{action}", values)

    def ar_document(self, number: str, action: str, *, customer: str = "", kind: str = "I") -> None:
        """Update ("post") or "reverse" an AR document at the Spectrum screen; `customer` where
        several have the number.
        """
        body = {"customer": customer, "type": kind}
        self._call("POST", f"/control/invoices/{quote(number, safe='')}/{action}", body)

    def add_old_orders(self, count: int, lines: int = 3, newest: date | None = None) -> None:
        """Fill Spectrum with closed purchase orders, the newest from `newest` or a year ago,
        without any service call.
        """
        day = newest or datetime.now(UTC).date() - timedelta(days=365)
        self._call(
            "POST",
            "/control/orders/archive",
            {"count": count, "lines": lines, "newest": day.isoformat()},
        )

    def mails(self) -> list[Mail]:
        """What the mail sink holds, oldest first."""
        return MAILS.validate_json(self._call("GET", "/control/mails"))

    def clear_mails(self) -> None:
        self._call("DELETE", "/control/mails")

    def pause(self, system: SystemName) -> None:
        """Close the system's port: new connections are refused, open ones are cut."""
        self._call("POST", "/control/pause", {"system": system})

    def resume(self, system: SystemName) -> None:
        """Open the system's port again, on the same number and with the same state."""
        self._call("POST", "/control/resume", {"system": system})

    def _read(self, path: str) -> Any:
        return TypeAdapter(Any).validate_json(self._call("GET", path))

    def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> bytes:
        response = self._http.request(method, path, json=body, params=query)
        if response.is_error:
            raise ControlRefused(f"{method} {path}: {response.text}")
        return response.content

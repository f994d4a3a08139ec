"""The bare client: sends recorded calls again, as fast as the same parallelism allows, and does
nothing else.

    python -m benchmarks.bare CALLS_FILE ADDRESSES_FILE ACCOUNT_FILE

The account file is read for its bounds only. Prints how many calls were answered otherwise than
when they were recorded.
"""

import json
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Self

import httpx

from benchmarks.recording import RecordedCall, by_flow, read_calls
from st_spectrum.account import Account
from st_spectrum.account.file import load_account

TIMEOUT_SECONDS = 120


class BareClient:
    """Kept-alive connections and the account's bounds; may be shared by threads."""

    def __init__(self, hosts: dict[str, str], account: Account) -> None:
        writes, reads = account.spectrum.parallel_writes, account.spectrum.parallel_reads
        self._http = {
            "servicetrade": _client(hosts["servicetrade"], account.servicetrade.parallel_requests),
            "spectrum": _client(hosts["spectrum"], reads + writes),
        }
        all_at_once = threading.Semaphore(account.servicetrade.parallel_requests)
        self._slots = {
            ("servicetrade", True): all_at_once,
            ("servicetrade", False): all_at_once,
            ("spectrum", True): threading.Semaphore(writes),
            ("spectrum", False): threading.Semaphore(reads),
        }
        self._token = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._http.values():
            client.close()

    def send(self, calls: Sequence[RecordedCall]) -> list[str]:
        """One after another; what was answered otherwise than recorded."""
        return [differences for call in calls if (differences := self._send(call))]

    def _send(self, call: RecordedCall) -> str:
        headers = dict(call.headers)
        if call.system == "servicetrade" and self._token:
            headers["authorization"] = f"Bearer {self._token}"
        with self._slots[call.system, call.is_write]:
            response = self._http[call.system].request(
                call.method, call.target, content=call.body.encode(), headers=headers
            )
        if call.operation == "POST /oauth2/token":
            self._token = response.json()["access_token"]
        if response.status_code == call.status:
            return ""
        return f"{call.operation} {call.key}: {response.status_code} instead of {call.status}"


def replay(calls: Sequence[RecordedCall], client: BareClient, workers: int) -> list[str]:
    """All calls, flow after flow; within a flow the records side by side. Answers what was answered
    otherwise.
    """
    differences: list[str] = []
    for part in by_flow(calls):
        differences += client.send(part.setup)
        with ThreadPoolExecutor(workers) as pool:
            differences += chain.from_iterable(pool.map(client.send, part.chains))
    return differences


def _client(host: str, connections: int) -> httpx.Client:
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx.Client(base_url=host, timeout=TIMEOUT_SECONDS, limits=limits, trust_env=False)


def main(calls_file: Path, addresses_file: Path, account_file: Path) -> None:
    addresses = json.loads(addresses_file.read_text(encoding="utf-8"))
    hosts = {
        "servicetrade": addresses["servicetrade_url"].removesuffix("/api"),
        "spectrum": addresses["spectrum_url"],
    }
    calls = read_calls(calls_file)
    account = load_account(account_file)
    with BareClient(hosts, account) as client:
        differences = replay(calls, client, account.pace.workers)
    print(json.dumps({"calls": len(calls), "answered_otherwise": differences}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

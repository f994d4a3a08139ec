"""Dagster for the demo: its services on free ports of loopback, kept alive."""

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import httpx

from st_spectrum.serving.home import sole_server
from st_spectrum.serving.one_log import OneLog
from st_spectrum.serving.parts import Addresses
from st_spectrum.serving.ports import free_port
from st_spectrum.serving.service import fill_nothing, say_nothing, serving

LOG = "serve.log"


class DagsterServices:
    """Starts the services in `home` and ends exactly what it started. Use as a context manager.

    What the services write goes into one file there. `announce` gets a sentence whenever one died
    or is up again. `doorbell` is host and port as the account file has them, see
    `st_spectrum.doorbell`. `web_port` is that of Dagster's page, any free one unless told. `fill`
    is done before any sensor ticks.
    """

    def __init__(
        self,
        home: Path,
        environment: Mapping[str, str],
        dagster_yaml: str,
        location: str,
        announce: Callable[[str], None] = say_nothing,
        doorbell: tuple[str, int] | None = None,
        web_port: int = 0,
        fill: Callable[[], None] = fill_nothing,
    ) -> None:
        self.home = home.resolve()
        self.environment = dict(os.environ) | dict(environment)
        self._yaml = dagster_yaml
        self._location = location
        self._announce = announce
        self._fill = fill
        self._open = ExitStack()
        self._addresses = Addresses(
            web_port=web_port or free_port(), code_port=free_port(), doorbell=doorbell
        )
        self.environment["DAGSTER_URL"] = self._addresses.url  # for the links of mails

    @property
    def url(self) -> str:
        """Address of the Dagster UI."""
        return self._addresses.url

    def __enter__(self) -> Self:
        self.home.mkdir(parents=True, exist_ok=True)
        with ExitStack() as opened:
            opened.enter_context(sole_server(self.home))
            log = OneLog(opened.enter_context((self.home / LOG).open("a", encoding="utf-8")))
            opened.enter_context(
                serving(
                    self.home,
                    self._location,
                    self._addresses,
                    self.environment,
                    self._yaml,
                    log,
                    self._announce,
                    self._fill,
                )
            )
            self._open = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def runs_in_flight(self) -> int:
        """Runs queued or at work, as the web server tells; -1 when it does not answer."""
        return self._count("QUEUED, NOT_STARTED, STARTING, STARTED")

    def red_runs(self) -> int:
        """Runs that have failed; -1 when the web server does not answer just now."""
        return self._count("FAILURE")

    def _count(self, statuses: str) -> int:
        query = f"{{runsOrError(filter: {{statuses: [{statuses}]}}) {{... on Runs {{results {{id}}}}}}}}"
        try:
            answer = httpx.post(f"{self.url}/graphql", json={"query": query}, timeout=10).json()
            return len(answer["data"]["runsOrError"]["results"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return -1

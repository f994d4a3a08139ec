"""What a resource opens for one run or tick is closed when that ends."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Self

import dagster as dg
from pydantic import PrivateAttr


class UntilTheEnd(dg.ConfigurableResource):  # type: ignore[type-arg]
    """A resource that opens nothing before it is asked: a tick that only reads never pays for the
    clients of a run."""

    _open: ExitStack = PrivateAttr(default_factory=ExitStack)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Self]:  # noqa: ARG002
        """Called by Dagster around every run and tick."""
        with self._open:
            yield self

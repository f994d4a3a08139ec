"""Dagster's queue of runs, looked at as often as its daemon can."""

import dagster as dg

DEQUEUE_SECONDS = 0.5
"""The daemon rests half a second between two looks at the least; of whole seconds, which are all
that dagster.yaml can say, one is the least, and each look then comes a second after the last.
"""


class PromptRunCoordinator(dg.QueuedRunCoordinator):
    """`run_coordinator: {module: st_spectrum.workers.run_queue, class: PromptRunCoordinator}`, with
    the settings of Dagster's own; limits stand in `concurrency`.
    """

    @property
    def dequeue_interval_seconds(self) -> float:  # type: ignore[override]
        """Read by Dagster's daemon when it starts."""
        return DEQUEUE_SECONDS

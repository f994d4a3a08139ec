"""How a run ends that cannot go on, for assets and for the stores that they write to."""

from collections.abc import Mapping

import dagster as dg

from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.retries.causes import cause_of


def stopped(
    flow: str, fault: SyncFault, metadata: Mapping[str, dg.MetadataValue] | None = None
) -> dg.Failure:
    """The end of a run that a system or the settings stopped: one sentence and the advice, nothing
    of our insides.

    Not to be retried by Dagster: the sensor asks for the same records again, with growing pauses.
    """
    return dg.Failure(
        description=f"{flow} stopped: {fault} {fault.advice}",
        metadata={
            **(metadata or {}),
            "what_to_do": dg.MetadataValue.text(fault.advice),
            "cause": dg.MetadataValue.text(cause_of(fault)),
            "fault": dg.MetadataValue.text(type(fault).__name__),
        },
        allow_retries=False,
    )

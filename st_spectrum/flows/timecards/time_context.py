"""What the time flow reads with, besides what every flow has."""

from dataclasses import dataclass

from st_spectrum.flows.context import Context
from st_spectrum.flows.timecards.sources import TimeSources
from st_spectrum.flows.timecards.vanishing import VanishedTime


@dataclass(frozen=True)
class TimeContext(Context):
    """One account, connected, with what the weeks' lists brought and what vanished from them."""

    times: TimeSources
    vanished: VanishedTime

    @classmethod
    def of(cls, context: Context) -> "TimeContext":
        """Nothing is read before it is asked for."""
        times = TimeSources(context.account, context.servicetrade)
        vanished = VanishedTime(context.account, times, context.ledger)
        return cls(**vars(context), times=times, vanished=vanished)

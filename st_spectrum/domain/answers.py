"""What an HTTP answer proves about a write, and how long a system asks us to stay away. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from st_spectrum.domain.errors import OutcomeUnknown, SyncFault

RETRY_AFTER_MAXIMUM = 3600.0
"""Seconds; no answer makes us stay away for longer before we ask again."""

FROM_A_GATEWAY = frozenset({502, 503, 504})
"""Statuses with which a gateway speaks for a system that it does not reach: without the
application's own words the next call meets the same. A 500 may be the application's own, about one
record.
"""


class ForeignAnswer(OutcomeUnknown):
    """A write was sent, and something else than the application answered: the page of a firewall, a
    proxy, a web server.

    It proves nothing, whatever its status: the application may have carried the call out behind it.
    `retry_after` is what the answer asks for, in seconds, None when it is silent.
    """

    advice = (
        "See what stands between st_spectrum and the system: a firewall, a proxy, the login of the"
        " web server. Nothing is sent again before it has been looked up."
    )
    stops_the_run = True

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        system: str = "",
        operation: str = "",
        advice: str = "",
    ) -> None:
        super().__init__(message, system=system, operation=operation, advice=advice)
        self.retry_after = retry_after


class UnsureRefusal(OutcomeUnknown):
    """The application's words of a refusal, in a shape that nobody documents. `refusal` counts once
    a look-up finds nothing.
    """

    def __init__(self, message: str, refusal: SyncFault) -> None:
        super().__init__(message, system=refusal.system, operation=refusal.operation)
        self.refusal = refusal


def retry_after(headers: Mapping[str, str], default: float, now: datetime | None = None) -> float:
    """Seconds to stay away, from seconds or an HTTP date; from 0 to `RETRY_AFTER_MAXIMUM`."""
    text = next(
        (value for name, value in headers.items() if name.lower() == "retry-after"), ""
    ).strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            until = parsedate_to_datetime(text)
            until = until if until.tzinfo else until.replace(tzinfo=UTC)
            seconds = (until - (now or datetime.now(UTC))).total_seconds()
        except (ValueError, OverflowError):
            return default
    # Not a number compares false with everything and would pass min and max unseen.
    return min(max(seconds, 0.0), RETRY_AFTER_MAXIMUM) if seconds == seconds else default


def asked_pause(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """The same, None when the answer is silent."""
    pause = retry_after(headers, -1.0, now)
    return None if pause < 0 else pause

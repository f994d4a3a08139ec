"""All that is read for the decision about one piece of time. Pure."""

from dataclasses import dataclass
from datetime import date

from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.progress import NEW, Progress
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.flows.timecards.doubles import SameDayPiece
from st_spectrum.servicetrade.models import Job, Location, User
from st_spectrum.spectrum.timecards import PayrollEmployee, StoredTimeCard


@dataclass(frozen=True)
class TimecardBundle:
    """All that one decision needs. `key` is asked for. `employee` is what Spectrum knows under the
    user's external id, `service_lines` are the job's.

    `sent` is the entry as it was when its card went out. `crossed_as` is the key of a card that was
    sent for the same piece of time before it was moved to another week, else "", and
    `is_as_crossed` says that it is as it was then. `paid_from` says which other resource the time
    of that week was sent from, else "". `today` is the account's day. `standing` are the cards that
    payroll holds of it although the ledger knows of none, `differs` what of a card's codes was not
    as expected when it was taken over.

    `same_day` are the other pieces of that person and day, `released` is the version that a person
    has let go beside them. `sharing_code` are other technicians who carry the same employee code.
    """

    entry: TimeEntry | None
    today: date
    user: User | None = None
    employee: PayrollEmployee | None = None
    job: Job | None = None
    location: Location | None = None
    service_lines: tuple[str, ...] = ()
    sent: TimeEntry | None = None
    crossed_as: str = ""
    is_as_crossed: bool = False
    paid_from: str = ""
    accepted: str = ""
    same_day: tuple[SameDayPiece, ...] = ()
    released: str = ""
    sharing_code: tuple[User, ...] = ()
    progress: Progress = NEW
    key: str = ""
    standing: tuple[StoredTimeCard, ...] = ()
    differs: str = ""
    job_waits: Hold | None = None
    """Why no time goes to the job although it carries a number."""

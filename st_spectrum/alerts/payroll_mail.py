"""The mail about a payroll week goes into the outbox: once for each result of a week, whoever has
it reconciled and however often.
"""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from st_spectrum.account import Account
from st_spectrum.alerts.digest import Letter
from st_spectrum.alerts.outbox import write_down
from st_spectrum.alerts.payroll_letter import WEEKS, write_letter_of_a_stop, write_payroll_letter
from st_spectrum.alerts.payroll_view import GROUPINGS, WeekView, view_of
from st_spectrum.alerts.secrets import without_secrets
from st_spectrum.domain.digests import digest
from st_spectrum.domain.errors import SyncFault
from st_spectrum.ledger.documents.mails import PAYROLL, ReportedWeek
from st_spectrum.ledger.ledger import Ledger

if TYPE_CHECKING:
    from st_spectrum.flows.timecards.week_comparison import PayrollWeek


def mail_week(
    account: Account,
    ledger: Ledger,
    week: "PayrollWeek",
    *,
    place: str = "",
    asset: str = WEEKS,
    now: datetime | None = None,
) -> bool:
    """Write the mail about a reconciled week into the outbox; False when its readers know that
    result already.

    `place` says where the week's table lies, `asset` what Dagster calls it. To be called after the
    table was written: a crash in between leaves the mail to the next run of the same week. Raises
    the ledger's error families.
    """
    if not account.support.for_payroll:
        return False
    moment = now or datetime.now(UTC)
    view = view_of(week, account.servicetrade.base_url)
    letter = write_payroll_letter(
        view,
        account.name,
        account.timezone,
        moment,
        place=place,
        dagster_url=account.support.dagster_url,
        asset=asset,
    )
    return _put(account, ledger, week.end, result_of(view), letter, moment)


def mail_stop(
    account: Account, ledger: Ledger, end: date, fault: SyncFault, *, now: datetime | None = None
) -> bool:
    """Tell those who hear of payroll alone that the week could not be gone through; the support
    contacts hear of the run.
    """
    if not account.support.payroll_contacts:
        return False
    letter = write_letter_of_a_stop(end, fault, account.name)
    return _put(
        account,
        ledger,
        end,
        digest(["stopped", type(fault).__name__]),
        letter,
        now or datetime.now(UTC),
    )


def result_of(view: WeekView) -> str:
    """A digest of what a reader would call the result: both sides' hours, and what needs somebody
    and why.

    What this run sent, and cards that were posted meanwhile with the same hours, make no new
    result.
    """
    sums = [[asdict(line) for line in view.lines(by)] for by in GROUPINGS]
    pieces = [[piece.row.entry, piece.why, piece.advice, piece.row.hours] for piece in view.pieces]
    return digest([sums, pieces])


def _put(
    account: Account, ledger: Ledger, end: date, result: str, letter: Letter, now: datetime
) -> bool:
    key = f"{end:%Y%m%d}"
    last = ledger.document_or_none(ReportedWeek, key) or ReportedWeek()
    if last.result == result:
        return False
    # The mail first: whoever crashes before the note decides the same again, and finds it written
    # under the same name.
    id_ = f"payroll-{key}-{last.number + 1}-{result}"
    is_new = write_down(ledger, id_, without_secrets(letter, account), now, PAYROLL)
    ledger.put(ReportedWeek(last.number + 1, result), key)
    return is_new

"""What the ledger keeps beside the records: mails, what was told, failed runs, sums, cursors."""

from datetime import UTC, datetime

from office import Office
from st_spectrum.flows.cursor import Cursor
from st_spectrum.flows.payroll_reconciliation import PayrollWeek
from st_spectrum.flows.po_notice import notice_orders, remember
from st_spectrum.flows.report import Report
from st_spectrum.flows.sums import look_at_sums
from st_spectrum.flows.time_notice import notice_time

from st_spectrum.alerts.causes import Cause
from st_spectrum.alerts.deciding import Known, decide_mails
from st_spectrum.alerts.digest import Letter
from st_spectrum.alerts.failures import FailedRun, note_failure
from st_spectrum.alerts.memory import remember as remember_known
from st_spectrum.alerts.outbox import SENT, Turn, write_down
from st_spectrum.alerts.payroll_mail import mail_week
from st_spectrum.flows.changes import notice_all


def write_mails(office: Office) -> None:
    now = datetime.now(UTC)
    letter = Letter("A mail that waits", "One record waits.", "<p>One record waits.</p>")
    with office.session() as session:
        ledger = session.ledger
        assert write_down(ledger, "waiting", letter, now)
        assert Turn(ledger, "waiting", lambda: now).take()
        ledger.keep(SENT, "gone", now.isoformat())
        cause = Cause("jobs", "a job waits", "AR", "Look.", 1, now)
        _, known = decide_mails([cause], Known(), now, 24)
        remember_known(ledger, known)
        note_failure(
            ledger, FailedRun("sync_jobs", "run-1", now, "Spectrum does not answer", "It is down.")
        )
        look_at_sums(ledger)
        week = PayrollWeek(now.date(), (), (), Report("timecards"))
        mail_week(session.account, ledger, week, now=now)


def save_cursors(office: Office) -> None:
    """As a round leaves them that has just asked for everything, and then left each record as it was."""
    with office.session() as session:
        pace = session.account.pace
        for flow in ("customers", "sites", "jobs", "invoices"):
            changes = notice_all(flow, session.servicetrade, Cursor(), pace)
            session.ledger.save_cursor(f"sync-{flow}", changes.cursor.encode())
        changes = notice_time(session.servicetrade, session.ledger, session.account, Cursor())
        session.ledger.save_cursor("sync-timecards", changes.cursor.encode())
        remember(
            session.ledger, notice_orders(session.spectrum, session.ledger, session.account).news
        )

"""Mails on their way: written down in the ledger first, and gone from there only after the mail
server took them.

    kept/mails/<id>         a mail that waits
    kept/mail-turns/<id>~n  whose turn it is to send it, and until when; the n-th turn follows one that ran out
    kept/mails-sent/<id>    a mail that left, for a while: it is never written down again

Of two senders at once one has the turn, so a mail normally goes out once. It goes out twice, under
the same Message-ID, only when a sender ends between the server's answer and the note of it, or is
silent for longer than its turn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from st_spectrum.account import Support
from st_spectrum.alerts.digest import Letter
from st_spectrum.alerts.smtp import MailRefused, ServerDown, deliver, to_message
from st_spectrum.ledger.documents.form import DamagedDocument
from st_spectrum.ledger.documents.mails import PAYROLL, SUPPORT, MailLease, SentMail, WaitingMail
from st_spectrum.ledger.ledger import Ledger

LEASE = timedelta(minutes=3)


@dataclass(frozen=True)
class Sending:
    """What one round of sending came to. `trouble` are sentences for whoever runs it."""

    sent: tuple[str, ...] = ()
    waiting: int = 0
    trouble: tuple[str, ...] = ()


def write_down(
    ledger: Ledger, id_: str, letter: Letter, now: datetime, audience: str = SUPPORT
) -> bool:
    """Put a mail into the outbox; False when it lies there already or has left."""
    if ledger.has(SentMail, id_):
        return False
    return ledger.put_first(
        WaitingMail(letter.subject, letter.text, letter.html, now, audience), id_
    )


def send_waiting(
    ledger: Ledger,
    support: Support,
    clock: Callable[[], datetime],
    *,
    timeout_seconds: float,
    until: datetime | None = None,
) -> Sending:
    """Send what waits, oldest first, and begin no mail after `until`. A server that is down ends
    the round; a mail that it refuses stays and lets the others pass. Raises the ledger's error
    families.
    """
    waiting = _waiting(ledger)
    sent: list[str] = []
    trouble: list[str] = []
    for id_, mail in waiting:
        if until is not None and clock() >= until:
            trouble.append("the time for sending is over; the rest goes next time")
            break
        readers = support.for_payroll if mail.audience == PAYROLL else support.contacts
        lease = Lease(ledger, id_, clock)
        if not readers or not lease.take():
            continue
        try:
            # Somebody else may have sent it between our look and our turn.
            if not ledger.has(SentMail, id_) and ledger.has(WaitingMail, id_):
                message = to_message(
                    Letter(mail.subject, mail.text, mail.html),
                    id_,
                    mail.written_at,
                    support,
                    readers,
                )
                refused = deliver(message, support, timeout_seconds)
                trouble += [
                    f"the mail server does not take mail for {address}" for address in refused
                ]
                ledger.put(SentMail(clock()), id_)
                sent.append(id_)
            ledger.discard(WaitingMail, id_)
        except MailRefused as refusal:
            trouble.append(str(refusal))
        except ServerDown as down:
            trouble.append(str(down))
            break
        finally:
            lease.give_back()
    return Sending(tuple(sent), len(ledger.names(WaitingMail)), tuple(dict.fromkeys(trouble)))


def forget_sent(ledger: Ledger, before: datetime) -> None:
    """Drop the notes of mails that left before this moment."""
    for id_ in ledger.names(SentMail):
        sent = ledger.document_or_none(SentMail, id_)
        if sent is None or sent.at < before:
            ledger.discard(SentMail, id_)


class Lease:
    """The right to send one mail, for a while."""

    def __init__(self, ledger: Ledger, id_: str, clock: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._id = id_
        self._clock = clock
        self._number = 0

    def take(self) -> bool:
        """Whether the turn is ours: nobody had it, or let it run out. Of two takers one gets it."""
        now = self._clock()
        last = max(self._numbers(), default=0)
        if last:
            lease = self._ledger.document_or_none(MailLease, self._key(last))
            if lease is not None and lease.until > now:
                return False
        self._number = last + 1
        return self._ledger.put_first(MailLease(now + LEASE), self._key(self._number))

    def give_back(self) -> None:
        """Ours, and the older ones that ran out. The newest goes last, so that nobody takes an
        older number again.
        """
        for number in sorted(self._numbers()):
            if number <= self._number:
                self._ledger.discard(MailLease, self._key(number))

    def _numbers(self) -> list[int]:
        parted = (key.rpartition("~") for key in self._ledger.names(MailLease))
        return [int(number) for id_, _, number in parted if id_ == self._id and number.isdigit()]

    def _key(self, number: int) -> str:
        return f"{self._id}~{number}"


def _waiting(ledger: Ledger) -> list[tuple[str, WaitingMail]]:
    found: list[tuple[str, WaitingMail]] = []
    for id_ in ledger.names(WaitingMail):
        try:
            mail = ledger.document(WaitingMail, id_)
        except DamagedDocument:
            # A damaged mail must not hold up the others; its cause is told again in the next
            # digest.
            ledger.discard(WaitingMail, id_)
            continue
        if mail is not None:
            found.append((id_, mail))
    return sorted(found, key=lambda named: named[1].written_at)

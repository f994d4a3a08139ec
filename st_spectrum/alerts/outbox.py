"""Mails on their way: written down in the ledger first, and gone from there only after the mail server took them.

    kept/mails/<id>         a mail that waits
    kept/mail-turns/<id>~n  whose turn it is to send it, and until when; the n-th turn follows one that ran out
    kept/mails-sent/<id>    a mail that left, for a while: it is never written down again

Of two senders at once one has the turn, so a mail normally goes out once. It goes out twice, under the same Message-ID, only
when a sender ends between the server's answer and the note of it, or is silent for longer than its turn.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from st_spectrum.account import Support
from st_spectrum.alerts.digest import Letter
from st_spectrum.alerts.smtp import MailRefused, ServerDown, deliver, to_message
from st_spectrum.ledger.ledger import Ledger

MAILS, TURNS, SENT = "mails", "mail-turns", "mails-sent"
SUPPORT, PAYROLL = "support", "payroll"
"""For whom a mail is; who that is, the account file says when the mail leaves."""

TURN = timedelta(minutes=3)


@dataclass(frozen=True)
class Waiting:
    """One mail in the outbox. Sender, recipients and server are those of the account at the time it leaves."""

    subject: str
    text: str
    html: str
    written_at: AwareDatetime
    audience: str = SUPPORT


@dataclass(frozen=True)
class Sending:
    """What one round of sending came to. `trouble` are sentences for whoever runs it."""

    sent: tuple[str, ...] = ()
    waiting: int = 0
    trouble: tuple[str, ...] = ()


_WAITING = TypeAdapter(Waiting)


def write_down(ledger: Ledger, id_: str, letter: Letter, now: datetime, audience: str = SUPPORT) -> bool:
    """Put a mail into the outbox; False when it lies there already or has left."""
    if ledger.kept(SENT, id_) is not None:
        return False
    waiting = Waiting(letter.subject, letter.text, letter.html, now, audience)
    document = {**asdict(waiting), "written_at": now.isoformat()}
    text = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
    return ledger.keep_first(MAILS, id_, text)


def send_waiting(
    ledger: Ledger,
    support: Support,
    clock: Callable[[], datetime],
    *,
    timeout_seconds: float,
    until: datetime | None = None,
) -> Sending:
    """Send what waits, oldest first, and begin no mail after `until`. A server that is down ends the round; a mail that it
    refuses stays and lets the others pass. Raises the ledger's error families."""
    waiting = _waiting(ledger)
    sent: list[str] = []
    trouble: list[str] = []
    for id_, mail in waiting:
        if until is not None and clock() >= until:
            trouble.append("the time for sending is over; the rest goes next time")
            break
        readers = support.for_payroll if mail.audience == PAYROLL else support.contacts
        turn = Turn(ledger, id_, clock)
        if not readers or not turn.take():
            continue
        try:
            # Somebody else may have sent it between our look and our turn.
            if ledger.kept(SENT, id_) is None and ledger.kept(MAILS, id_) is not None:
                message = to_message(Letter(mail.subject, mail.text, mail.html), id_, mail.written_at, support, readers)
                refused = deliver(message, support, timeout_seconds)
                trouble += [f"the mail server does not take mail for {each}" for each in refused]
                ledger.keep(SENT, id_, clock().isoformat())
                sent.append(id_)
            ledger.drop(MAILS, id_)
        except MailRefused as refusal:
            trouble.append(str(refusal))
        except ServerDown as down:
            trouble.append(str(down))
            break
        finally:
            turn.give_back()
    return Sending(tuple(sent), len(ledger.kept_keys(MAILS)), tuple(dict.fromkeys(trouble)))


def forget_sent(ledger: Ledger, before: datetime) -> None:
    """Drop the notes of mails that left before this moment."""
    for id_ in ledger.kept_keys(SENT):
        at = _moment(ledger.kept(SENT, id_))
        if at is None or at < before:
            ledger.drop(SENT, id_)


class Turn:
    """The right to send one mail, for a while."""

    def __init__(self, ledger: Ledger, id_: str, clock: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._id = id_
        self._clock = clock
        self._number = 0

    def take(self) -> bool:
        """Whether the turn is ours now: nobody has it, or whoever had it let it run out. Of two takers one gets it."""
        now = self._clock()
        last = max(self._numbers(), default=0)
        if last:
            until = _moment(self._ledger.kept(TURNS, self._key(last)))
            if until is not None and until > now:
                return False
        self._number = last + 1
        return self._ledger.keep_first(TURNS, self._key(self._number), (now + TURN).isoformat())

    def give_back(self) -> None:
        """Ours, and the older ones that ran out. The newest goes last, so that nobody takes an older number again."""
        for number in sorted(self._numbers()):
            if number <= self._number:
                self._ledger.drop(TURNS, self._key(number))

    def _numbers(self) -> list[int]:
        parted = (key.rpartition("~") for key in self._ledger.kept_keys(TURNS))
        return [int(number) for id_, _, number in parted if id_ == self._id and number.isdigit()]

    def _key(self, number: int) -> str:
        return f"{self._id}~{number}"


def _waiting(ledger: Ledger) -> list[tuple[str, Waiting]]:
    found: list[tuple[str, Waiting]] = []
    for id_ in ledger.kept_keys(MAILS):
        text = ledger.kept(MAILS, id_)
        if text is None:
            continue
        try:
            found.append((id_, _WAITING.validate_json(text)))
        except ValidationError:
            # A damaged mail must not hold up the others; its cause is told again in the next digest.
            ledger.drop(MAILS, id_)
    return sorted(found, key=lambda each: each[1].written_at)


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None

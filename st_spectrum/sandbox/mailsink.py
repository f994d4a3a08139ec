"""A mail server that delivers nothing: it keeps what it is given, for the console page and for
tests.
"""

import asyncio
import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from typing import Any

KEPT = 1000


@dataclass(frozen=True)
class Mail:
    """One mail as it arrived; `text` and `html` are empty when it has no such part."""

    at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str


class MailSink:
    """Handler of an aiosmtpd server; the last `KEPT` mails stay readable, newest last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mails: deque[Mail] = deque(maxlen=KEPT)
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self, port: int) -> None:
        """Listen for SMTP on 127.0.0.1; `port` 0 takes a free one."""
        from aiosmtpd.smtp import SMTP

        protocol = partial(SMTP, self, enable_SMTPUTF8=True, hostname="sandbox.localhost")
        self._server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server:
            self._server.close()
            self._server = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, ARG002  aiosmtpd's name
        content = (
            envelope.content if isinstance(envelope.content, bytes) else envelope.content.encode()
        )
        mail = _read(content, envelope.mail_from or "", tuple(envelope.rcpt_tos))
        with self._lock:
            self._mails.append(mail)
        return "250 kept"

    def mails(self) -> tuple[Mail, ...]:
        with self._lock:
            return tuple(self._mails)

    def clear(self) -> None:
        with self._lock:
            self._mails.clear()


def _read(content: bytes, sender: str, recipients: tuple[str, ...]) -> Mail:
    message = message_from_bytes(content, policy=default)
    return Mail(
        at=datetime.now(UTC),
        sender=sender,
        recipients=recipients,
        subject=str(message.get("Subject", "")),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""

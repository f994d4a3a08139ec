"""Hands one mail to the mail server. Whatever goes wrong becomes one sentence without secrets."""

import re
import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from st_spectrum.account import Support
from st_spectrum.alerts.digest import Letter

POLICY = SMTP.clone(max_line_length=250)
"""A subject stays on one line: not every reader puts a folded one together well. The standard's
limit is 998 [RFC 5322 2.1.1].
"""


class MailRefused(Exception):
    """The server does not take this mail; another one it may take."""


class ServerDown(Exception):
    """The server takes no mail now: not there, too slow, or not with this login."""


def to_message(
    letter: Letter, id_: str, written_at: datetime, support: Support, readers: Sequence[str] = ()
) -> EmailMessage:
    """Plain text with HTML as alternative, to `readers` or else to the support contacts.

    The Message-ID depends on `id_` and the sender's domain alone, so that a mail that
    had to be sent twice can be told as one."""
    message = EmailMessage(POLICY)
    message["Subject"] = " ".join(letter.subject.split())
    message["From"] = support.sender
    message["To"] = ", ".join(readers or support.contacts)
    message["Date"] = format_datetime(written_at)
    message["Message-ID"] = (
        f"<{re.sub(r'[^A-Za-z0-9.-]', '-', id_)}@{support.sender.rpartition('@')[2]}>"
    )
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def deliver(message: EmailMessage, support: Support, timeout_seconds: float) -> tuple[str, ...]:
    """Send it; answers the recipients that the server refused while it took others.

    `timeout_seconds` bounds each step of the conversation. Raises `MailRefused` or `ServerDown`.
    """
    place = f"the mail server {support.smtp_host}:{support.smtp_port}"
    try:
        with _connect(support, timeout_seconds) as server:
            _introduce(server, support)
            return tuple(server.send_message(message))
    except smtplib.SMTPAuthenticationError as error:
        raise ServerDown(
            f"{place} refuses the login ({error.smtp_code}); see smtp_user and smtp_password"
        ) from None
    except smtplib.SMTPRecipientsRefused as error:
        raise MailRefused(f"{place} takes mail for none of {', '.join(error.recipients)}") from None
    except smtplib.SMTPNotSupportedError as error:
        raise ServerDown(
            f"{place} cannot do what the account file asks: {_error_text(error)}"
        ) from None
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise MailRefused(
            f"{place} refuses the mail ({error.smtp_code}): {_error_text(error)}"
        ) from None
    except (smtplib.SMTPException, ssl.SSLError, OSError) as error:
        raise ServerDown(f"{place} cannot be used: {_error_text(error)}") from None
    except ValueError as error:
        raise MailRefused(f"this mail cannot be sent: {_error_text(error)}") from None


def _connect(support: Support, timeout_seconds: float) -> smtplib.SMTP:
    if support.smtp_security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(
            support.smtp_host, support.smtp_port, timeout=timeout_seconds, context=context
        )
    return smtplib.SMTP(support.smtp_host, support.smtp_port, timeout=timeout_seconds)


def _introduce(server: smtplib.SMTP, support: Support) -> None:
    if support.smtp_security == "starttls":
        server.starttls(context=ssl.create_default_context())
    if support.smtp_user:
        server.login(support.smtp_user, support.smtp_password.get_secret_value())


def _error_text(error: Exception) -> str:
    reply = getattr(error, "smtp_error", b"")
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
    return " ".join((text or str(error) or type(error).__name__).split())[:200]

"""The way of a mail to the mail server of the settings (SMTP, from the standard library). Nothing is kept here."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from data.errors import Unavailable
from data.settings import Settings
from survey.mail_templates import Template

TIMEOUT_SECONDS = 30


class Refused(Exception):
    """The server did not take a mail; `str()` is what it said. `unsure` when it may have taken it all the same."""

    def __init__(self, reason: str, *, unsure: bool = False) -> None:
        super().__init__(reason)
        self.unsure = unsure


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where mails are handed over."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    implicit_tls: bool = False
    starttls: str = "offered"


def server_of(settings: Settings) -> Server | None:
    """The mail server of the settings; None when none is set."""
    if not settings.smtp_url or not settings.mail_from:
        return None
    parts = urlsplit(settings.smtp_url)
    implicit = parts.scheme == "smtps"
    return Server(
        host=parts.hostname or "",
        port=parts.port or (465 if implicit else 587),
        sender=settings.mail_from,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        implicit_tls=implicit,
        starttls=parse_qs(parts.query).get("starttls", ["offered"])[0],
    )


def message_to(server: Server, address: str, wording: Template, *, language: str, now: datetime) -> EmailMessage:
    """A plain text message with an identifier of its own, by which a bounce finds it again."""
    message = EmailMessage(policy=SMTP)
    message["From"] = server.sender
    message["To"] = address
    message["Subject"] = wording.subject
    domain = parseaddr(server.sender)[1].rpartition("@")[2] or "localhost"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(wording.body, cte="quoted-printable")
    message["Content-Language"] = language  # set_content would take it away
    return message


class Connection:
    """One connection for many mails; it opens when the first is sent, and again after the server closed it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client: smtplib.SMTP | None = None

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Says goodbye to the server."""
        if self._client is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._client.quit()
            self._client = None

    def open(self) -> None:
        """Connects unless it is; Unavailable("mail.unreachable") when that is not possible."""
        if self._client is not None:
            try:
                if self._client.noop()[0] == 250:
                    return
            except (smtplib.SMTPException, OSError):
                pass
            self.close()
        server = self._server
        try:
            tls = ssl.create_default_context()
            client: smtplib.SMTP
            if server.implicit_tls:
                client = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=tls)
            else:
                client = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
            try:
                client.ehlo()
                secret = server.implicit_tls
                if not secret and server.starttls != "no" and client.has_extn("starttls"):
                    client.starttls(context=tls)
                    client.ehlo()
                    secret = True
                if server.starttls == "required" and not secret:
                    raise smtplib.SMTPNotSupportedError("the server offers no encryption")
                if server.user:
                    if not secret and server.starttls != "no":
                        raise smtplib.SMTPNotSupportedError("no password is sent without encryption")
                    client.login(server.user, server.password)
            except BaseException:
                client.close()
                raise
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable("mail.unreachable", reason=_said(error)) from None
        self._client = client

    def send(self, message: EmailMessage) -> None:
        """Hands a mail over. Raises Unavailable before anything was handed over, and Refused."""
        self.open()
        assert self._client is not None
        try:
            self._client.send_message(message)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            # SMTPException is an OSError: what the server says in words comes first.
            if isinstance(error, smtplib.SMTPException) and not isinstance(error, smtplib.SMTPServerDisconnected):
                with suppress(smtplib.SMTPException, OSError):
                    self._client.rset()
                raise Refused(_said(error)) from None
            self._client = None
            raise Refused("interrupted", unsure=True) from None
        except ValueError as error:
            raise Refused(str(error)) from None


def _said(error: Exception) -> str:
    """What the server answered, in one line."""
    code: int
    text: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    else:
        return " ".join(str(error).split())[:300] or type(error).__name__
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return f"{code} {' '.join(words.split())}"[:300]

"""Announcements by e-mail, through the operator's mail server."""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from tarry.platform.executions.interfaces import NotDelivered
from tarry.platform.executions.model.announcing import Announcement
from tarry.platform.kernel.errors import InvalidSetting

TIME_OUT_SECONDS = 20
_TCP_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mail is handed over.

    Attributes:
        encrypted: the connection is encrypted from its first byte; else STARTTLS is used if the
            server offers it, and demanded before a password is sent.
    """

    host: str
    tcp_port: int
    encrypted: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> "MailServer":
        """Read `smtp://user:password@host:25` or `smtps://…`.

        Raises:
            InvalidSetting: it is neither.
        """
        try:
            parts = urlsplit(url)
            host, tcp_port = parts.hostname, parts.port
        except ValueError:
            host = None
        if not host or parts.scheme not in _TCP_PORTS or parts.path.strip("/"):
            # it may hold a password: it is not shown
            raise InvalidSetting(
                setting="mail_server", reason="give smtp://host:25 or smtps://user:password@host"
            )
        return cls(
            host=host,
            tcp_port=tcp_port or _TCP_PORTS[parts.scheme],
            encrypted=parts.scheme == "smtps",
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )


class Mail:
    """Sends announcements as plain text."""

    def __init__(self, server: MailServer, *, sender: str) -> None:
        self._server = server
        self._sender = sender

    async def deliver(self, address: str, announcement: Announcement) -> None:
        """Hand a message over to the mail server; what becomes of it there we do not hear."""
        message = self.message(address, announcement)
        try:
            await asyncio.to_thread(self._send, message)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise NotDelivered(reason=f"mail server {self._server.host}: {error}") from error

    def message(self, address: str, announcement: Announcement) -> EmailMessage:
        """Write the message."""
        message = EmailMessage()
        message["Subject"] = " ".join(announcement.headline.split())
        message["From"] = self._sender
        message["To"] = address
        message["Date"] = announcement.at
        # the same for the same announcement: mail programs show a repetition once
        name = f"{announcement.execution}.{announcement.key.replace(':', '.')}"
        message["Message-ID"] = f"<{name}@tarry.invalid>"
        message["Auto-Submitted"] = "auto-generated"
        lines = [announcement.headline, f"at {announcement.at:%Y-%m-%d %H:%M:%S %Z}"]
        if announcement.failure is not None:
            lines += ["", announcement.failure.message]
        lines += ["", announcement.link]
        message.set_content("\n".join(lines) + "\n")
        return message

    def _send(self, message: EmailMessage) -> None:
        server, context = self._server, ssl.create_default_context()
        smtp: smtplib.SMTP
        if server.encrypted:
            smtp = smtplib.SMTP_SSL(
                server.host, server.tcp_port, timeout=TIME_OUT_SECONDS, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.tcp_port, timeout=TIME_OUT_SECONDS)
        with smtp:
            if not server.encrypted and (server.user or _offers_encryption(smtp)):
                smtp.starttls(context=context)
            if server.user:
                smtp.login(server.user, server.password)
            smtp.send_message(message)


def _offers_encryption(smtp: smtplib.SMTP) -> bool:
    smtp.ehlo()
    return bool(smtp.has_extn("starttls"))

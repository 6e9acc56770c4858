"""A message as a mail, handed to the company's server."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator, Set
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, formatdate, parseaddr

from paceline.channels.email.page import as_html, as_text
from paceline.channels.message import Message
from paceline.channels.reach import SECONDS, connect
from paceline.channels.sending import Company, SendingError, To, UnsureError
from paceline.saying.said import NOTHING, Said, say


def ready(company: Company, to: To) -> Said:
    """Why no mail can be sent; empty: it can."""
    if not company.smtp_host or not company.mail_from:
        return say("no mail server is set ([channels] smtp_host and mail_from)")
    return NOTHING if to.email else say("no mail address is known")


def send(company: Company, to: To, message: Message) -> str:
    """Hand the mail over; gives the server's answer. Raises SendingError, UnsureError."""
    mail = written(company, to, message)
    with _server(company) as server:
        try:
            server.send_message(mail, parseaddr(company.mail_from)[1], [to.email])
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPRecipientsRefused as error:
            code, why = next(iter(error.recipients.values()))
            raise _refused(code, why) from None
        except smtplib.SMTPServerDisconnected as error:
            raise UnsureError(f"the mail server hung up: {error}") from None
        except OSError as error:
            raise UnsureError(f"the mail server gave no answer: {error}") from None
    return "accepted by the mail server"


def written(company: Company, to: To, message: Message) -> EmailMessage:
    """The mail: text and HTML, without pictures, with an address that ends these mails by one click (RFC 8058)."""
    mail = EmailMessage(policy=SMTP)
    sender = parseaddr(company.mail_from)[1]
    mail["From"] = company.mail_from
    mail["To"] = formataddr((_one_line(to.name), to.email))
    mail["Subject"] = _one_line(message.subject)
    mail["Date"] = formatdate(localtime=False)
    mail["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    if message.unsubscribe:
        mail["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(as_text(message))
    mail.add_alternative(as_html(message), subtype="html")
    return mail


class _Plain(smtplib.SMTP):
    """SMTP over a connection that was looked at."""

    allowed: Set[str] = frozenset()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return connect(host, port, self.allowed, timeout)


class _Secure(_Plain):
    """The same, with TLS from the start."""

    context: ssl.SSLContext

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.context.wrap_socket(super()._get_socket(host, port, timeout), server_hostname=host)


@contextmanager
def _server(company: Company) -> Iterator[smtplib.SMTP]:
    """The server, greeted and logged in to. What fails before the mail is handed over surely wasn't sent."""
    try:
        server = _opened(company)
    except smtplib.SMTPResponseException as error:
        raise SendingError(f"the mail server refused: {error.smtp_code} {_words(error.smtp_error)}", again=True) from None
    except smtplib.SMTPNotSupportedError as error:
        raise SendingError(f"the mail server can't do what [channels] asks: {error}", again=True) from None
    except OSError as error:  # SMTPException is one, too
        raise SendingError(f"the mail server can't be used: {error}", again=True) from None
    try:
        yield server
    finally:
        _bye(server)


def _opened(company: Company) -> smtplib.SMTP:
    context = ssl.create_default_context()
    server: _Plain = _Secure(timeout=SECONDS) if company.smtp_tls == "tls" else _Plain(timeout=SECONDS)
    server.allowed = company.allowed_hosts
    if isinstance(server, _Secure):
        server.context = context
    server._host = company.smtp_host  # type: ignore[attr-defined]  # what the certificate must name
    code, said = server.connect(company.smtp_host, company.smtp_port)
    if code != 220:
        raise smtplib.SMTPConnectError(code, said)
    if company.smtp_tls == "starttls":
        server.starttls(context=context)
    if company.smtp_user:
        server.login(company.smtp_user, company.smtp_password)
    return server


def _bye(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):  # it has the mail, or has said why not: what it thinks of good-bye is nothing to us
        server.close()


def _refused(code: int, why: bytes | str) -> SendingError:
    """4xx: later, perhaps; 5xx: never."""
    return SendingError(f"the mail server refused it: {code} {_words(why)}", again=code < 500)


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return _one_line(text)[:200]


def _one_line(text: str) -> str:
    return " ".join(text.split())

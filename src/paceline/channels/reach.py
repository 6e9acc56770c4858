"""Every connection to the outside is made here: to public addresses alone, and to hosts that the company names.

The address is looked at when the connection is made, and the connection goes to that very address: a name that first leads to a
public place and then to an inner one (DNS rebinding) gains nothing. Redirects aren't followed.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Mapping, Set
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from paceline.channels.sending import SendingError, UnsureError
from paceline.saying.said import NOTHING, Said, say

SECONDS = 10.0  # for the whole of a request
MOST_BYTES = 64 * 1024  # of an answer: more isn't read
_TRANSLATED = IPv6Network("64:ff9b::/96")  # IPv4 addresses written as IPv6 ones
_UNICAST = IPv6Network("2000::/3")  # all that is given out of IPv6 (RFC 4291, 2.4); Python calls more of it global
_PROTOCOLS = IPv4Network("192.0.0.0/24")  # kept for protocols (RFC 6890); Python 3.11 calls most of it global


def is_public(address: str) -> bool:
    """Whether an address is on the public internet: not of this machine, this network, or any other that isn't everybody's."""
    known = ip_address(address.split("%")[0])
    inner = _within(known) if isinstance(known, IPv6Address) else None
    if inner is not None:
        return is_public(str(inner))
    given_out = known in _UNICAST if isinstance(known, IPv6Address) else known not in _PROTOCOLS
    return known.is_global and not known.is_multicast and given_out


def _within(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _TRANSLATED else None


def connect(host: str, port: int, allowed: Set[str], seconds: float = SECONDS) -> socket.socket:
    """A connection to the first address of the host that answers. Raises SendingError where none may be reached, or can be."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SendingError(f"{host} isn't known: {error}", again=True) from None
    named = host.lower() in allowed
    places = [(family, place) for family, _, _, _, place in found if named or is_public(str(place[0]))]
    if not places:
        raise SendingError(
            f"{host} leads to an address that isn't on the public internet; "
            f"if it should be reached, name it: [channels] allowed_hosts = [\"{host}\"]", again=False,
        )  # fmt: skip
    why: OSError | None = None
    for family, place in places:
        opened = socket.socket(family, socket.SOCK_STREAM)
        opened.settimeout(seconds)
        try:
            opened.connect(place)
        except OSError as error:
            opened.close()
            why = error
        else:
            return opened
    raise SendingError(f"{host}:{port} can't be reached: {why}", again=True)


@dataclass(frozen=True)
class Answer:
    """What came back. ``headers`` by lower-case name; ``text``: at most 64 KiB of it."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def retry_after(self) -> float | None:
        """Seconds that the answer asks to wait; None where it doesn't say (in seconds)."""
        told = self.headers.get("retry-after", "").strip()
        return min(float(told), 86_400.0) if told.isdecimal() else None


def check_address(url: str, allowed: Set[str]) -> Said:
    """Why an address of the web can't be written to, as far as it shows before connecting; empty: it can."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return say("it is no address of the web")
    if parts.scheme not in ("https", "http") or not host:
        return say("it must begin with https://")
    if parts.username or parts.password:
        return say("it must not hold a name or password")
    if parts.scheme == "http" and host.lower() not in allowed:
        return say("it must begin with https:// (http is for hosts in [channels] allowed_hosts)")
    try:
        inner = not is_public(host)
    except ValueError:  # a name: looked at when connecting
        return NOTHING
    return say("it isn't on the public internet") if inner and host.lower() not in allowed else NOTHING


def post(url: str, body: bytes, headers: Mapping[str, str], allowed: Set[str], seconds: float = SECONDS) -> Answer:
    """Send a body. Raises SendingError where nothing was sent, UnsureError where it was and no answer came."""
    wrong = check_address(url, allowed)
    if wrong:
        raise SendingError(f"The address can't be written to: {wrong}", again=False)
    parts = urlsplit(url)
    host, secure = str(parts.hostname), parts.scheme == "https"
    until = time.monotonic() + seconds
    connection = _connected(host, parts.port or (443 if secure else 80), secure, allowed, seconds)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body, {"User-Agent": "Paceline", **headers})
        return _read(connection, until)
    except (OSError, HTTPException) as error:
        raise UnsureError(f"{host} gave no answer: {error or type(error).__name__}") from None
    finally:
        connection.close()


def _connected(host: str, port: int, secure: bool, allowed: Set[str], seconds: float) -> HTTPConnection:
    """A connection whose socket is made by ``connect`` above."""
    opened = connect(host, port, allowed, seconds)
    if not secure:
        plain = HTTPConnection(host, port, timeout=seconds)
        plain.sock = opened
        return plain
    context = ssl.create_default_context()
    try:
        wrapped = context.wrap_socket(opened, server_hostname=host)
    except OSError as error:
        opened.close()
        raise SendingError(f"{host} can't be trusted: {error}", again=True) from None
    made = HTTPSConnection(host, port, timeout=seconds, context=context)
    made.sock = wrapped
    return made


def _read(connection: HTTPConnection, until: float) -> Answer:
    answer: HTTPResponse = connection.getresponse()
    parts: list[bytes] = []
    size = 0
    while size < MOST_BYTES and time.monotonic() < until:
        part = answer.read1(MOST_BYTES - size)
        if not part:
            break
        parts.append(part)
        size += len(part)
    headers = {name.lower(): value for name, value in answer.getheaders()}
    return Answer(answer.status, headers, b"".join(parts).decode("utf-8", "replace"))

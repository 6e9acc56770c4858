"""Messages go to public addresses and to hosts that the company names; nowhere else, however the address is written."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from paceline.channels import reach
from paceline.channels.sending import SendingError
from tests.channels.conftest import Web

INNER = ("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
         "::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::",
         "255.255.255.255", "::", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b:1::a00:1", "fec0::1", "::ffff:0.0.0.0",
         "192.0.0.8", "198.18.0.1", "ff02::1", "2001:0:4136:e378:8000:63bf:f5ff:fffe")  # fmt: skip


@pytest.mark.parametrize("address", INNER)
def test_an_inner_address_is_not_public(address: str) -> None:
    assert not reach.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_a_public_address_is(address: str) -> None:
    assert reach.is_public(address)


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/", "https://[::1]/", "http://example.com/", "https://me:secret@example.com/", "ftp://example.com/",
     "https:///x", "file:///etc/passwd", "https://169.254.169.254/latest/meta-data/", "https://[::ffff:10.0.0.1]/", "https://example.com:port/"],
)  # fmt: skip
def test_an_address_that_shows_it_is_refused_before_connecting(url: str) -> None:
    assert reach.check_address(url, frozenset())


def _leads_to(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Names lead to these addresses, one after the other; gives what was asked."""
    asked: list[str] = []

    def found(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers[min(len(asked), len(answers)) - 1], port))]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    return asked


@pytest.mark.parametrize("written", ["rebind.example.com", "2130706433", "0x7f.1", "localhost"])
def test_a_name_that_leads_inside_is_refused_when_connecting(monkeypatch: pytest.MonkeyPatch, web: Web, written: str) -> None:
    _leads_to(monkeypatch, "127.0.0.1")
    port = int(web.address.rpartition(":")[2])
    with pytest.raises(SendingError, match="isn't on the public internet") as refused:
        reach.connect(written, port, frozenset())
    assert not refused.value.again
    assert not web.heard


def test_a_name_that_changes_between_two_looks_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is looked up once, and the connection goes to the address that was looked at."""
    asked = _leads_to(monkeypatch, "93.184.215.14", "127.0.0.1")
    gone_to: list[Any] = []

    def connected(self: socket.socket, place: Any) -> None:  # noqa: ARG001
        gone_to.append(place[0])
        raise OSError("no such network here")

    monkeypatch.setattr(socket.socket, "connect", connected)
    with pytest.raises(SendingError, match="can't be reached"):
        reach.post("https://rebind.example.com/", b"{}", {}, frozenset())
    assert asked == ["rebind.example.com"]
    assert gone_to == ["93.184.215.14"]


def test_a_host_that_the_company_names_is_reached(web: Web) -> None:
    answer = reach.post(f"{web.address}/hook?a=1", b"{}", {"X-One": "1"}, frozenset({"127.0.0.1"}))
    assert (answer.status, answer.text) == (200, "ok")
    assert (web.heard[0].path, web.heard[0].headers["x-one"]) == ("/hook?a=1", "1")


def test_a_redirect_is_not_followed(web: Web) -> None:
    web.answers = [(302, {"Location": f"{web.address}/inner"}, "")]
    assert reach.post(web.address, b"{}", {}, frozenset({"127.0.0.1"})).status == 302
    assert len(web.heard) == 1


def test_a_long_answer_is_cut(web: Web) -> None:
    web.answers = [(200, {}, "x" * 500_000)]
    assert len(reach.post(web.address, b"{}", {}, frozenset({"127.0.0.1"})).text) == reach.MOST_BYTES

"""A browser without eyes, for measuring a server."""

from __future__ import annotations

import time
from http.client import HTTPConnection, HTTPResponse, RemoteDisconnected
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

PASSWORD = "Measured-and-written-9"  # of everybody in a measured company
LONGEST = 300  # seconds for which something is worked out before that is called a failure


class Answer(NamedTuple):
    """``body`` as it travelled; ``again``: it is being worked out, and the browser is told to ask again."""

    status: int
    body: bytes
    leads_to: str
    again: bool


class Visitor:
    """Keeps cookies and the connection, takes compressed answers."""

    def __init__(self, address: str) -> None:
        self.connection = HTTPConnection(urlsplit(address).netloc, timeout=120)
        self.cookies: dict[str, str] = {}

    def ask(self, path: str, form: dict[str, str] | None = None) -> Answer:
        """One request."""
        headers = {"Accept-Encoding": "gzip", "Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            answer = self._sent(path, form, headers)
        except RemoteDisconnected:  # a server closes what was idle for long; browsers ask again
            if form is not None:
                raise
            self.connection.close()
            answer = self._sent(path, form, headers)
        body = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            key, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[key] = value
        return Answer(answer.status, body, answer.headers.get("Location", ""), "Refresh" in answer.headers)

    def _sent(self, path: str, form: dict[str, str] | None, headers: dict[str, str]) -> HTTPResponse:
        self.connection.request("GET" if form is None else "POST", path, urlencode(form or {}), headers)
        return self.connection.getresponse()

    def open(self, path: str) -> Answer:
        """A page, wherever it leads."""
        answer = self.ask(path)
        while answer.status == 302:
            answer = self.ask(answer.leads_to)
        return answer

    def wait_for(self, path: str) -> Answer:
        """A page, once it is worked out. AssertionError unless it opens."""
        until = time.monotonic() + LONGEST
        while (answer := self.open(path)).again and time.monotonic() < until:
            time.sleep(0.5)
        assert answer.status == 200, f"{path}: {answer.status}"
        assert not answer.again, f"{path}: still being worked out after {LONGEST} s"
        return answer

    def log_in(self, email: str, password: str) -> None:
        """Through the form, as people do."""
        self.ask("/log-in/")
        token = self.cookies["csrftoken"]
        status, *_ = self.ask("/log-in/", {"login": email, "password": password, "csrfmiddlewaretoken": token})
        assert status == 302, f"the log-in was answered with {status}"

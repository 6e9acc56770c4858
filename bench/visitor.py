"""A browser without eyes, for measuring a server."""

from __future__ import annotations

import time
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

PASSWORD = "Measured-and-written-9"  # of everybody in a measured company


class Visitor:
    """Keeps cookies and the connection, takes compressed answers."""

    def __init__(self, address: str) -> None:
        self.connection = HTTPConnection(urlsplit(address).netloc, timeout=120)
        self.cookies: dict[str, str] = {}

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes, str]:
        """Status, body as it travelled, where it leads."""
        headers = {"Accept-Encoding": "gzip", "Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request("GET" if form is None else "POST", path, urlencode(form or {}), headers)
        answer = self.connection.getresponse()
        body = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            key, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[key] = value
        return answer.status, body, answer.headers.get("Location", "")

    def log_in(self, email: str, password: str) -> None:
        """Through the form, as people do."""
        self.ask("/log-in/")
        token = self.cookies["csrftoken"]
        status, *_ = self.ask("/log-in/", {"login": email, "password": password, "csrfmiddlewaretoken": token})
        assert status == 302, f"the log-in was answered with {status}"

    def timed(self, path: str) -> tuple[float, int]:
        """Milliseconds until the whole answer is there, and its bytes. AssertionError unless the page opens."""
        began = time.perf_counter()
        status, body, _ = self.ask(path)
        assert status == 200, f"{path}: {status}"
        return (time.perf_counter() - began) * 1000, len(body)

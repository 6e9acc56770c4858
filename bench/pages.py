"""What a page costs: server time at the median, bytes on the wire, requests; through the real server, on the demo company.

``python -m bench.pages [FOLDER]`` simulates the company (or takes the project in FOLDER, which no other process may have open),
serves it, logs in, and asks every data page as a manager of everybody would. Prints a line a page.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlencode, urlsplit

PAGES = (
    "/team/",
    "/today/",
    "/reps/REP/",
    "/forecast/",
    "/data-health/",
    "/metrics/meetings_held/",
    "/records/meetings_held/?rep=REP",
)
ROUNDS = 31
EMAIL, PASSWORD = "bench@example.com", "Measured-and-written-9"


class Visitor:
    """A browser without eyes: keeps cookies and the connection, takes compressed answers."""

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

    def log_in(self) -> None:
        """Through the form, as people do."""
        self.ask("/log-in/")
        token = self.cookies["csrftoken"]
        status, *_ = self.ask("/log-in/", {"login": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": token})
        assert status == 302, f"the log-in was answered with {status}"


@contextmanager
def server(folder: Path) -> Iterator[tuple[str, str, int]]:
    """Address of the running server, a rep's id, the server's process."""
    process = subprocess.Popen([sys.executable, "-m", "bench.pages", "serve", str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        address, rep = process.stdout.readline().split()
        yield address, rep, process.pid
    finally:
        process.terminate()
        process.wait(10)


def serve(folder: Path) -> None:
    """The server's own process: one user who sees everybody."""
    from paceline.pages.serving import listen, prepare

    place = prepare(folder)
    from paceline.people.models import User

    if not User.objects.filter(email=EMAIL).exists():
        User.objects.create_user(EMAIL, PASSWORD, name="Bench", role="executive")
    rep = next(stint.rep_id for stint in place.store.view().stints if stint.role == "AE" and stint.left_day is None)
    listening = listen("127.0.0.1", 0)
    print(listening.address, rep, flush=True)
    listening.run()


def cpu_seconds(process: int) -> float:
    """Processor time that a process has used; of Linux alone, elsewhere 0."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def measure(address: str, rep: str, process: int) -> None:
    """A line a page: first visit, median and slowest of the later ones, the server's processor time for each, bytes."""
    visitor = Visitor(address)
    visitor.log_in()
    paths = [page.replace("REP", rep) for page in PAGES]
    first = {path: timed(visitor, path)[0] for path in paths}  # and whatever is worked out meanwhile is done
    time.sleep(5)
    print(f"{'page':40} {'first ms':>9} {'median ms':>10} {'slowest':>8} {'CPU ms':>7} {'kB':>6}")
    for path in paths:
        began = cpu_seconds(process)
        later = [timed(visitor, path) for _ in range(ROUNDS)]
        spent = (cpu_seconds(process) - began) / ROUNDS * 1000
        times = [one for one, _ in later]
        print(f"{path:40} {first[path]:9.0f} {median(times):10.1f} {max(times):8.1f} {spent:7.1f} {later[-1][1] / 1000:6.1f}")
    _weigh(visitor)


def timed(visitor: Visitor, path: str) -> tuple[float, int]:
    """Milliseconds until the whole answer is there, and its bytes."""
    began = time.perf_counter()
    status, body, _ = visitor.ask(path)
    assert status == 200, f"{path}: {status}"
    return (time.perf_counter() - began) * 1000, len(body)


def _weigh(visitor: Visitor) -> None:
    """All that the team page loads."""
    import gzip

    _, body, _ = visitor.ask("/team/")
    html = gzip.decompress(body).decode()
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', html)
    sizes = [len(visitor.ask(file)[1]) for file in files]
    kilobytes = (len(body) + sum(sizes)) / 1000
    print(f"team page with everything: {kilobytes:.1f} kB in {1 + len(files)} requests; {html.count('<td')} cells")


def main() -> None:
    """Measure, in a folder given or in one of our own."""
    if sys.argv[1:2] == ["serve"]:
        serve(Path(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(place) / "demo"
        if len(sys.argv) < 2:
            subprocess.run(
                [sys.executable, "-m", "paceline.cli", "demo", "--folder", str(folder)], check=True, capture_output=True
            )
        with server(folder) as (address, rep, process):
            measure(address, rep, process)


if __name__ == "__main__":
    main()

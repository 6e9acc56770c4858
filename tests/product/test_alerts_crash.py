"""Killed between sending and marking: nothing is lost, and nothing comes twice without being known as the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from paceline.project import FILE
from paceline.project.template import template

# A server's work over its own project: argument 1 the folder, 2 the way, 3 what to do, 4 the port that listens.
WORK = '''
import sys
from datetime import timedelta
from pathlib import Path
from paceline.pages.serving import open_database
folder, way, what, port = sys.argv[1:]
open_database(Path(folder))
from django.utils import timezone
from paceline.alerts import outbox
from paceline.alerts.models import Delivery, Wishes
from paceline.alerts.wishes import sealed
from paceline.channels.message import Message
from paceline.channels.sending import Company
from paceline.channels.webhook.send import new_secret
from paceline.people.models import User
here = f"http://127.0.0.1:{port}/"
company = Company(allowed_hosts=frozenset({"127.0.0.1"}))
if what == "first":
    user = User.objects.create_user(f"{way}@example.com", "x", name="Ann")
    Wishes.objects.create(user=user, slack_webhook=sealed(here), webhook_url=here, webhook_secret=sealed(new_secret()))
    now = timezone.now()
    outbox.put(user, way, "test", "k", lambda name: Message(name, "test", "Hello"), now, send_at=now,
               expires_at=now + timedelta(hours=1))
later = timedelta(0) if what == "first" else outbox.CLAIM + timedelta(minutes=2)
for minutes in (0, 1):  # what was left is found, and tried again after half a minute
    outbox.send_due(company, lambda: timezone.now() + later + timedelta(minutes=minutes), lambda delivery: "")
row = Delivery.objects.get(user__email=f"{way}@example.com")
print(row.pk, row.progress, row.tries, [one.progress for one in row.log.all()])
'''


class Killer:
    """A receiver that takes the first message, and then kills the sender before it hears of it."""

    def __init__(self) -> None:
        self.sender: subprocess.Popen[str] | None = None
        self.heard: list[str] = []
        killer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                killer.heard.append(self.headers.get("webhook-id", ""))
                if len(killer.heard) == 1:
                    killer.kill()
                    return
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def kill(self) -> None:
        while self.sender is None:
            pass
        os.kill(self.sender.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of its own."""
    made = tmp_path_factory.mktemp("crash")
    (made / FILE).write_text(template({}), encoding="utf-8")
    return made


@pytest.fixture
def killer() -> Iterator[Killer]:
    made = Killer()
    yield made
    made.server.shutdown()
    made.server.server_close()


def _work(folder: Path, way: str, what: str, killer: Killer) -> tuple[int, str]:
    environment = {**os.environ, "PACELINE_PROJECT": str(folder), "DJANGO_SETTINGS_MODULE": "paceline.pages.settings"}
    process = subprocess.Popen([sys.executable, "-c", WORK, str(folder), way, what, str(killer.port)], env=environment,
                               stdout=subprocess.PIPE, text=True)  # fmt: skip
    killer.sender = process
    said, _ = process.communicate(timeout=120)
    return process.returncode, said


@pytest.mark.slow
def test_what_a_receiver_can_recognise_comes_again_with_the_same_id(folder: Path, killer: Killer) -> None:
    assert _work(folder, "webhook", "first", killer)[0] == -signal.SIGKILL
    code, said = _work(folder, "webhook", "again", killer)
    assert code == 0
    name, progress, tries, *_ = said.split()
    assert killer.heard == [name, name]
    assert (progress, tries) == ("sent", "2")


@pytest.mark.slow
def test_what_it_cant_recognise_is_not_sent_again_and_the_doubt_is_kept(folder: Path, killer: Killer) -> None:
    assert _work(folder, "slack", "first", killer)[0] == -signal.SIGKILL
    code, said = _work(folder, "slack", "again", killer)
    assert code == 0
    assert said.split()[1:3] == ["unsure", "1"]
    assert len(killer.heard) == 1

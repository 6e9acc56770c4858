"""Starting the product in this process: Django over a project's folder, the store opened, the pages served."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paceline.project.running import Running, start

THREADS = 8


@dataclass
class Listening:
    """A server that has its port, and serves once ``run`` is called. ``address``: how this machine reaches it.

    ``is_idle``: whether nothing is being worked on behind the pages.
    """

    server: Any
    address: str
    is_idle: bool = True

    def run(self) -> None:
        """Serve, and do the work behind the pages, until the process is told to end."""
        from paceline.pages import stopping
        from paceline.pages.set_up import work as set_up_work
        from paceline.pages.telling import addresses, work

        addresses.served_at(self.address)
        scheduler = work.begin()
        try:
            self.server.run()
        finally:
            self.is_idle = stopping.end(scheduler.shutdown, set_up_work.end)

    def close(self) -> None:
        """Give the port back."""
        self.server.close()


def prepare(folder: Path, now: int | None = None) -> Running:
    """Make Django ready over the folder, bring its database's tables up to date, and open the store.

    ``now``: the moment that always counts as now, epoch seconds; None: the clock's. One folder a process.
    Raises BadConfigError, BadDatabaseError, WeakKeyError, WarehouseError.
    """
    place = start(folder, now)
    open_database(folder)
    return place


def open_database(folder: Path) -> None:
    """Django over the folder, its database's tables up to date; without the store. Once a process.

    Raises BadConfigError, BadDatabaseError, WeakKeyError.
    """
    os.environ["PACELINE_PROJECT"] = str(folder.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paceline.pages.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    _private_files(folder)


def listen(host: str, port: int) -> Listening:
    """Take the port. Raises OSError when it can't be had."""
    from django.urls import get_resolver
    from waitress.server import create_server

    from paceline.pages.wsgi import application

    list(get_resolver().url_patterns)  # every page's code is read now, not while the first visitor waits
    proxied = _proxied()
    server = create_server(
        application,
        host=host,
        port=port,
        threads=THREADS,
        ident="",
        clear_untrusted_proxy_headers=True,
        max_request_body_size=64 * 1024 * 1024,
        **({"trusted_proxy": "127.0.0.1", "trusted_proxy_headers": "x-forwarded-proto x-forwarded-for"} if proxied else {}),
    )
    shown = "127.0.0.1" if host in ("", "0.0.0.0", "::") else host
    return Listening(server, f"http://{shown}:{server.effective_port}")


def _proxied() -> bool:
    from django.conf import settings

    return settings.PROJECT is not None and bool(settings.PROJECT.config.pages.address)


def _private_files(folder: Path) -> None:
    """The users' database is its owner's alone."""
    for name in ("app.sqlite3", "app.sqlite3-wal", "app.sqlite3-shm"):
        file = folder / name
        if file.exists():
            file.chmod(0o600)

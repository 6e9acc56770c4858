"""A served project of a small simulated company, its cast of users, and browsers logged in as each of them."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from paceline.project import FILE, open_project
from paceline.project.loading import load_records
from paceline.project.running import Running, stop
from paceline.project.template import template
from paceline.simulation.company import simulate
from paceline.simulation.sizes import Size
from paceline.warehouse.engines import open_engine

if TYPE_CHECKING:
    from django.test import Client

    from paceline.people.models import User


def _django_over(folder: Path) -> Path:
    """Django, ready over a project that has its settings and nothing else: modules with models can be imported from now on."""
    (folder / FILE).write_text(template({}), encoding="utf-8")
    os.environ["PACELINE_PROJECT"], os.environ["DJANGO_SETTINGS_MODULE"] = str(folder), "paceline.pages.settings"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the browser tests' driver keeps a loop in this very thread
    zone = os.environ.get("TZ")
    import django
    from django.conf import settings
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # costs nothing
    os.environ.pop("TZ", None) if zone is None else os.environ.update(TZ=zone)  # other rooms' tests keep theirs
    time.tzset()
    return folder


FOLDER = _django_over(Path(tempfile.mkdtemp(prefix="paceline-pages-")))
UNTIL = date(2026, 6, 30)
NOW = int(datetime(2026, 6, 30, tzinfo=UTC).timestamp()) - 1
PEOPLE = Size("pages", sellers=12, managers=3, months=5, pace=0.25)


@dataclass(frozen=True)
class Cast:
    """Users by what they are to ``rep``. ``rep_ids``: the same, in the CRM."""

    users: Mapping[str, User]

    def __getitem__(self, name: str) -> User:
        return self.users[name]

    def rep_id(self, name: str) -> str:
        """Who the user is in the CRM."""
        return self.users[name].rep_id


@pytest.fixture(scope="session")
def place() -> Iterator[Running]:
    """The project of a simulated company, served in this process: tables made, the store open."""
    from paceline.pages.dashboards import later
    from paceline.pages.serving import prepare

    later.WAIT = 120.0  # a page that is being worked out is waited for; what says so has a test of its own

    company = simulate(PEOPLE, 11, UNTIL)
    told = company.settings
    chosen = {("company", "name"): told.name, ("company", "currency"): told.currency, ("company", "time_zone"): told.time_zone,
              ("work", "end"): f"{told.work_end_minute // 60:02}:{told.work_end_minute % 60:02}",
              ("sales", "own_domains"): sorted(told.own_domains)}
    (FOLDER / FILE).write_text(template({path: json.dumps(value) for path, value in chosen.items()}), encoding="utf-8")
    assert open_project(FOLDER).settings == told  # else facts would be made twice
    engine = open_engine(str(FOLDER / "paceline.duckdb"))
    load_records(engine, company.settings, company.records, "demo", lambda _: None)
    engine.close()
    yield prepare(FOLDER, NOW)
    stop()
    shutil.rmtree(FOLDER)


@pytest.fixture(autouse=True)
def undone(place: Running) -> Iterator[None]:  # noqa: ARG001  (Django must be ready)
    """Whatever a test writes into the application's database is undone."""
    from django.core.cache import cache
    from django.db import transaction

    cache.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def cast(place: Running) -> Cast:
    """``rep``, her ``peer`` and their ``manager``; ``other_rep`` and ``other_manager`` of another team; ``executive``, ``admin``;
    ``deactivated``, who was a rep.
    """
    from paceline.people.models import User
    from paceline.people.roles import Role

    by_manager: dict[str, list[str]] = {}
    today = place.store.view().day.toordinal() - date(1970, 1, 1).toordinal()
    for stint in place.store.view().stints:
        if stint.from_day <= today < stint.until_day and stint.manager_id and (stint.left_day is None or stint.left_day > today):
            by_manager.setdefault(stint.manager_id, []).append(stint.rep_id)
    # Bosses of no other boss, so that neither of the two stands above the other.
    teams = [(boss, people) for boss, people in sorted(by_manager.items()) if not by_manager.keys() & set(people)]
    # Whoever changed teams is in sight of both bosses, each for some days: the cast never did.
    boss, other_boss, (rep, peer), other = next(
        (boss, other_boss, stayed[:2], strangers[0])
        for (boss, people), (other_boss, others) in permutations(teams, 2)
        if len(stayed := [one for one in people if not _ever_under(one, other_boss, place)]) >= 2
        and (strangers := [one for one in others if not _ever_under(one, boss, place)])
    )
    gone = next(one for _, people in teams for one in people if one not in (rep, peer, other))
    who = {
        "rep": (Role.REP, rep), "peer": (Role.REP, peer), "manager": (Role.MANAGER, boss), "other_rep": (Role.REP, other),
        "other_manager": (Role.MANAGER, other_boss), "executive": (Role.EXECUTIVE, ""), "admin": (Role.ADMIN, ""),
        "deactivated": (Role.REP, gone),
    }
    return Cast({
        name: User.objects.create_user(
            f"{name}@example.com", "a long password", name=name.capitalize(), role=role.value, rep_id=rep_id,
            is_active=name != "deactivated",
        )
        for name, (role, rep_id) in who.items()
    })


def _ever_under(rep_id: str, boss: str, place: Running) -> bool:
    return any(stint.rep_id == rep_id and stint.manager_id == boss for stint in place.store.view().stints)


@pytest.fixture
def browser(cast: Cast) -> Callable[[str], Client]:
    """A browser logged in as one of the cast; as ``anonymous``: not logged in."""
    from django.test import Client

    def opened(name: str) -> Client:
        client = Client()
        if name != "anonymous":
            client.force_login(cast[name])
        return client

    return opened


@pytest.fixture
def settings_key() -> Iterator[Callable[[str], None]]:
    """Change the secret key for a while; an empty text gives the project's own back."""
    from django.conf import settings

    own = settings.SECRET_KEY

    def use(key: str) -> None:
        settings.SECRET_KEY = key or own

    yield use
    settings.SECRET_KEY = own

"""Messages: whose time it is gets them, once, of what is in her sight, by a real mail server; wishes and the way out."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from paceline.judging.signals import CompanySignals
from paceline.project.running import Running, running
from tests.channels.conftest import Post, post_office  # noqa: F401  (a fixture)
from tests.product.conftest import Cast

MONDAY = datetime(2026, 7, 6, 8, 0)


@pytest.fixture(scope="module")
def found(place: Running) -> Iterator[CompanySignals]:
    """The company, judged and told once for all tests; what that wrote into the store is taken out again."""
    from paceline.judging.told import TABLE
    from paceline.pages.dashboards.judged import changes_told

    yield changes_told(place.store)
    place.engine.drop(TABLE)


@pytest.fixture
def clock(place: Running, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the wall clock of messages: a local time of the company's."""
    from django.utils import timezone

    from paceline.pages.telling import jobs

    zone = ZoneInfo(place.project.settings.time_zone)
    monkeypatch.setattr(jobs, "_DONE", {})

    def at(local: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: local.replace(tzinfo=zone).astimezone(UTC))

    return at


@pytest.fixture
def mails(place: Running, monkeypatch: pytest.MonkeyPatch, post_office: Post) -> Post:  # noqa: F811
    """The company has a mail server."""
    way = replace(place.project.config.channels, smtp_host="127.0.0.1", smtp_port=post_office.port, smtp_tls="none",
                  mail_from="Paceline <p@example.com>", allowed_hosts=frozenset({"127.0.0.1"}))  # fmt: skip
    monkeypatch.setattr(place, "project", replace(place.project, config=replace(place.project.config, channels=way)))
    return post_office


def _follow(found: CompanySignals) -> None:
    from django.utils import timezone

    from paceline.alerts.follow import follow

    follow(found, timezone.now())


def _parsed(envelope: Any) -> Any:
    """A mail that came."""
    return email.message_from_bytes(envelope.content, policy=email.policy.default)


def test_a_monday_morning(found: CompanySignals, cast: Cast, clock: Callable[[datetime], None], mails: Post) -> None:
    from paceline.alerts.models import Delivery
    from paceline.pages.telling import jobs
    from paceline.pages.telling.doors import door_of

    clock(MONDAY - timedelta(minutes=40))
    _follow(found)
    assert jobs.mornings() == "0 messages"  # it isn't 7:30 yet
    clock(MONDAY)
    jobs.mornings()
    jobs._DONE.clear()  # a restart
    assert jobs.mornings() == "0 messages"
    for minutes in (0, 15, 60):  # a mail server on a busy machine may answer too late, and is asked again
        clock(MONDAY + timedelta(minutes=minutes))
        jobs.send()
    subjects = [(one.rcpt_tos[0], str(_parsed(one)["Subject"])) for one in mails.taken]
    reviews = sorted(who.partition("@")[0] for who, subject in subjects if "in review" in subject)
    left = list(Delivery.objects.exclude(progress="sent").values_list("user__name", "kind", "progress", "why"))
    assert reviews == ["executive", "manager", "other_manager", "other_rep", "peer", "rep"], left
    digests = {who for who, subject in subjects if "in review" not in subject}
    assert digests
    assert digests <= {"manager@example.com", "other_manager@example.com"}
    assert jobs.send() == "0 sent"
    names = {stint.rep_id: stint.name for stint in door_of(cast["executive"], "see_rep").store.view().stints if stint.name}
    for one in mails.taken:
        who = one.rcpt_tos[0].split("@")[0]
        mine = {person.rep_id for person in door_of(cast[who], "see_rep").people()}
        text = _parsed(one).get_body(("plain",)).get_content()
        strangers = [name for rep_id, name in names.items() if rep_id not in mine and who != "executive" and f"{name} ·" in text]
        assert not strangers, (who, strangers)


def test_a_digest_has_five_lines_at_most_and_its_links_open_the_page(
    found: CompanySignals, cast: Cast, clock: Callable[[datetime], None], browser: Callable[[str], Client]
) -> None:
    from django.utils import timezone

    from paceline.pages.telling import digest

    clock(MONDAY)
    _follow(found)
    written = digest.of_the_morning(cast["manager"], timezone.now(), begins_week=True)
    assert written is not None
    message = written.write("an-id")
    assert 1 <= len(message.lines) <= 5
    assert len(message.sections[0].lines) <= 3
    for line in message.lines:
        path = re.sub(r"^https?://[^/]+", "", line.href)
        page = browser("manager").get(path)
        assert page.status_code == 200
        assert "period=" in path
    assert message.unsubscribe


def test_nothing_new_is_no_message_but_on_the_weeks_first_day(
    found: CompanySignals, cast: Cast, clock: Callable[[datetime], None]
) -> None:
    from django.utils import timezone

    from paceline.alerts import outbox
    from paceline.pages.telling import digest

    clock(MONDAY)
    _follow(found)
    now, user = timezone.now(), cast["manager"]
    for number in range(10):  # until all that is new was told
        written = digest.of_the_morning(user, now, begins_week=False)
        if written is None:
            break
        outbox.put(user, "email", "digest", str(number), written.write, now, send_at=now, expires_at=now, tells=written.tells)
    assert digest.of_the_morning(user, now, begins_week=False) is None
    assert digest.of_the_morning(user, now, begins_week=True) is not None


def test_as_it_happens_once_and_once_when_it_is_over(
    found: CompanySignals, cast: Cast, clock: Callable[[datetime], None], mails: Post
) -> None:
    from django.utils import timezone

    from paceline.alerts.models import Alert, Delivery, State, Transition, Wishes
    from paceline.pages.telling import jobs

    clock(MONDAY + timedelta(hours=2))
    Wishes.objects.create(user=cast["manager"], alert="email")
    _follow(found)
    falls = Transition.objects.filter(alert__better=False, alert__level="rep")
    falls.update(news="firing")  # whenever they fired
    store = running().store
    assert jobs._tell_at_once(cast["manager"], store, timezone.now())
    assert not jobs._tell_at_once(cast["manager"], store, timezone.now())
    assert not jobs._tell_at_once(cast["other_manager"], store, timezone.now())  # never asked for it
    jobs.send()
    (delivery,) = Delivery.objects.filter(kind="alert")
    told = delivery.tellings.values_list("transition__alert_id", flat=True)
    over = Alert.objects.get(pk=told[0])
    over.state = State.OK
    over.save()
    Transition.objects.create(alert=over, before="firing", after="ok", news="normal", at=timezone.now())
    assert jobs._tell_at_once(cast["manager"], store, timezone.now())
    assert not jobs._tell_at_once(cast["manager"], store, timezone.now())
    jobs.send()
    assert len(mails.taken) == 2
    assert "BACK TO USUAL" in _parsed(mails.taken[1]).get_body(("plain",)).get_content()


def test_what_is_over_before_it_was_told_is_never_told(
    found: CompanySignals, cast: Cast, clock: Callable[[datetime], None]
) -> None:
    from django.utils import timezone

    from paceline.alerts.models import Alert, Delivery, Progress, State, Transition, Wishes
    from paceline.pages.telling import jobs

    clock(MONDAY - timedelta(hours=5))  # three at night: it waits until seven
    Wishes.objects.create(user=cast["manager"], alert="email")
    _follow(found)
    Transition.objects.filter(alert__better=False).update(news="firing")
    store = running().store
    assert jobs._tell_at_once(cast["manager"], store, timezone.now())
    first = Delivery.objects.get(kind="alert")
    assert first.next_at > timezone.now() + timedelta(hours=3)
    for alert in Alert.objects.filter(better=False):
        alert.state = State.OK
        alert.save()
        Transition.objects.create(alert=alert, before="firing", after="ok", news="normal", at=timezone.now())
    assert not jobs._tell_at_once(cast["manager"], store, timezone.now())
    first.refresh_from_db()
    assert first.progress == Progress.DROPPED
    assert Delivery.objects.count() == 1


def test_what_stood_beside_something_that_is_over_is_told_all_the_same(
    found: CompanySignals, cast: Cast, clock: Callable[[datetime], None]
) -> None:
    from django.utils import timezone

    from paceline.alerts.models import Delivery, Progress, State, Transition, Wishes
    from paceline.pages.telling import jobs

    clock(MONDAY - timedelta(hours=5))
    Wishes.objects.create(user=cast["manager"], alert="email")
    _follow(found)
    Transition.objects.filter(alert__better=False).update(news="firing")
    store = running().store
    assert jobs._tell_at_once(cast["manager"], store, timezone.now())
    first = Delivery.objects.get(kind="alert")
    told = [one.transition for one in first.tellings.select_related("transition__alert").order_by("pk")]
    assert len(told) > 1
    over = told[1].alert
    over.state = State.OK
    over.save()
    Transition.objects.create(alert=over, before="firing", after="ok", news="normal", at=timezone.now())
    assert jobs._tell_at_once(cast["manager"], store, timezone.now())
    second = Delivery.objects.exclude(pk=first.pk).get(kind="alert")
    first.refresh_from_db()
    assert first.progress == Progress.DROPPED
    assert {one.transition_id for one in second.tellings.all()} == {one.pk for one in told} - {told[1].pk}


def test_rights_are_those_of_the_moment_of_sending(
    found: CompanySignals, cast: Cast, clock: Callable[[datetime], None], mails: Post
) -> None:
    from paceline.alerts.models import Delivery, Progress
    from paceline.pages.telling import jobs

    clock(MONDAY)
    _follow(found)
    jobs.mornings()
    manager, other = cast["manager"], cast["other_manager"]
    manager.is_active = False
    manager.save()
    other.role, other.rep_id = "rep", ""
    other.save()
    jobs.send()
    assert "manager@example.com" not in {one.rcpt_tos[0] for one in mails.taken}
    kinds = set(Delivery.objects.filter(user__in=[manager, other], progress=Progress.SENT).values_list("kind", flat=True))
    assert kinds <= {"week"}  # a rep may have a week in review
    assert not Delivery.objects.filter(user=manager, progress=Progress.SENT).exists()


@pytest.mark.usefixtures("cast")
def test_a_server_that_is_away_is_tried_again_later_and_longer(
    found: CompanySignals, clock: Callable[[datetime], None], mails: Post
) -> None:
    from paceline.alerts.models import Delivery, Progress
    from paceline.pages.telling import jobs

    clock(MONDAY)
    _follow(found)
    jobs.mornings()
    mails.reply = "451 later"
    jobs.send()
    waiting = Delivery.objects.filter(progress=Progress.WAITING)
    assert waiting.exists()
    assert jobs.send() == "0 sent"  # not yet
    mails.reply = "250 taken"
    clock(MONDAY + timedelta(minutes=2))
    jobs.send()
    assert not waiting.exists()


def test_the_way_out_ends_one_kind_without_a_log_in(cast: Cast) -> None:
    from paceline.alerts.wishes import channel_for, wishes_of
    from paceline.pages.telling.addresses import unsubscribe

    path = re.sub(r"^https?://[^/]+", "", unsubscribe(cast["manager"], "digest"))
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(path).status_code == 200
    assert channel_for(wishes_of(cast["manager"]), "digest") == "email"  # looking ends nothing
    assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert channel_for(wishes_of(cast["manager"]), "digest") == ""
    assert channel_for(wishes_of(cast["manager"]), "week") == "email"
    assert stranger.get(path[:-3] + "xx/").status_code == 404


def test_wishes_are_checked_together_and_secrets_never_shown(cast: Cast, browser: Callable[[str], Client]) -> None:
    from paceline.alerts.models import Wishes

    client = browser("manager")
    told = {"digest": "slack", "alert": "", "week": "email", "month": "", "morning": "06:45", "quiet_from": "20:00",
            "quiet_until": "06:00", "time_zone": "Mars/Olympus", "slack_webhook": "https://10.0.0.1/x", "slack_id": "",
            "webhook_url": "http://example.com/x", "paused_until": ""}  # fmt: skip
    page = client.post("/messages/", told)
    assert page.status_code == 400
    assert page.content.decode().count("wrong-text") == 3
    told |= {"time_zone": "Asia/Tokyo", "slack_webhook": "https://hooks.slack.com/services/T/B/hush", "webhook_url": ""}
    assert client.post("/messages/", told).status_code == 302
    kept = Wishes.objects.get(user=cast["manager"])
    assert (kept.digest, kept.morning, kept.time_zone) == ("slack", 405, "Asia/Tokyo")
    assert "hush" not in kept.slack_webhook
    assert "hush" not in client.get("/messages/").content.decode()
    client.post("/messages/", {**told, "slack_webhook": ""})
    assert Wishes.objects.get(user=cast["manager"]).slack_webhook == kept.slack_webhook
    assert "digest" not in browser("rep").get("/messages/").content.decode()


@pytest.mark.usefixtures("cast")
def test_a_test_message_says_what_came_of_it(browser: Callable[[str], Client], mails: Post) -> None:
    page = browser("admin").post("/messages/test/", {"channel": "email"}, follow=True).content.decode()
    assert "Sent: accepted by the mail server" in page
    assert [one.rcpt_tos for one in mails.taken] == [["admin@example.com"]]
    page = browser("admin").post("/messages/test/", {"channel": "slack"}, follow=True).content.decode()
    assert "Not sent:" in page


def test_a_failing_job_is_kept_and_shown_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, browser: Callable[[str], Client]
) -> None:
    from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent

    from paceline.alerts.models import Job
    from paceline.pages.telling import work

    monkeypatch.setattr(work, "close_old_connections", lambda: None)  # this test's connection holds its transaction
    event = JobExecutionEvent(EVENT_JOB_ERROR, "outbox", "default", None, exception=ValueError("no <b>disk</b>"), traceback="")
    work._went(event)
    work._went(event)
    assert Job.objects.get(name="outbox").failures == 2
    page = browser("admin").get("/work/").content.decode()
    assert "failed 2 times" in page
    assert "no &lt;b&gt;disk&lt;/b&gt;" in page
    assert work.do("outbox") == "0 sent"
    assert Job.objects.get(name="outbox").failures == 0


def test_work_for_the_same_data_and_day_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from paceline.pages.telling import work

    monkeypatch.setattr(work, "close_old_connections", lambda: None)
    done: list[str] = []
    def once() -> str:
        done.append("look")
        return "looked"

    counting = replace(work.WORK["look"], run=once)
    monkeypatch.setattr(work, "WORK", {"look": counting})
    assert work.do("look") is not None
    assert work.do("look") is None
    assert done == ["look"]


def test_secrets_in_a_file_that_others_can_read_are_refused(place: Running, tmp_path: Path) -> None:
    from paceline.project.channel_secrets import company_of
    from paceline.project.reading import BadConfigError

    project = replace(place.project, folder=tmp_path)
    file = tmp_path / "secrets.toml"
    file.write_text('smtp_password = "hush"\n', encoding="utf-8")
    file.chmod(0o644)
    with pytest.raises(BadConfigError, match="chmod 600"):
        company_of(project)
    file.chmod(0o600)
    assert company_of(project).smtp_password == "hush"
    file.write_text('smtp_pasword = "hush"\n', encoding="utf-8")
    with pytest.raises(BadConfigError) as refused:
        company_of(project)
    assert "hush" not in str(refused.value)

"""By the API as on the pages: the notice for everybody, and one's own messages to oneself alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from paceline.alerts.models import Delivery, Wishes
from tests.product.conftest import Cast
from tests.product.test_api import program


def test_messages_are_one_s_own_and_no_secret_of_a_channel_is_told(cast: Cast) -> None:
    Wishes.objects.create(user=cast["rep"], digest="slack", morning=405, slack_webhook="hush", webhook_secret="hush")
    now = datetime(2026, 7, 6, 8, tzinfo=UTC)
    for name in ("rep", "manager"):
        Delivery.objects.create(user=cast[name], channel="email", kind="week", key="k", created_at=now, next_at=now,
                                expires_at=now, message={"subject": "hush"})  # fmt: skip
    answer = program(cast, "rep").get("/api/v1/messages")
    told = answer.json()
    mine = Delivery.objects.get(user=cast["rep"])
    assert [one["id"] for one in told["items"]] == [str(mine.pk)]
    assert set(told["chosen"]) == {"week", "month"}  # the others tell what only managers see
    assert told["hours"]["morning"] == 405
    assert "hush" not in answer.content.decode()


@pytest.mark.parametrize("name", ["rep", "manager"])
def test_the_notice_says_who_sees_what_and_whom_to_ask(name: str, cast: Cast) -> None:
    told = program(cast, name).get("/api/v1/notice").json()
    assert told["admins"] == [{"name": cast["admin"].name, "email": "admin@example.com"}]
    notes = next(one for one in told["who_sees"] if one["does"].startswith("Read one's own 1:1s"))
    assert set(notes["roles"]) == {"rep", "manager", "executive"}
    assert "win_rate" in told["metrics"]
    assert all(one["rows"] > 0 for one in told["records"])

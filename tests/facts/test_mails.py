"""Mail: what counts as a human answer, what as a reply, and what a first mail led to."""

from collections.abc import Iterator

import pytest

from paceline.warehouse.engine import Engine
from tests.facts.activities import Records, built, found, joined, mail
from tests.facts.small import Row, at, day

NOON = at("2024-10-04T12:00")
TODAY = day("2024-10-04")
HOUR, DAY = 3600, 86_400

# Each of these answers a mail in its thread; the value says whether a human wrote it.
ANSWERS: dict[str, tuple[Row, bool]] = {
    "plain": ({}, True),
    "auto-no": ({"auto_submitted": "no"}, True),
    "auto-no-spaced": ({"auto_submitted": " No "}, True),
    "empty-header": ({"auto_submitted": "", "x_autoreply": " "}, True),
    "out-of-office": ({"auto_submitted": "auto-replied"}, False),
    "auto-generated": ({"auto_submitted": "Auto-Generated"}, False),
    "x-autoreply": ({"x_autoreply": "yes"}, False),
    "x-autorespond": ({"x_autorespond": "out of office"}, False),
    "bulk": ({"precedence": " Bulk"}, False),
    "auto-reply": ({"precedence": "auto_reply"}, False),
    "list": ({"precedence": "list"}, True),
    "null-path": ({"return_path": " <> "}, False),
    "path": ({"return_path": "<jo@m-acme.com>"}, True),
    "calendar": ({"calendar_reply": True}, False),
    "bounce": ({"bounce": True}, False),
}


def _answered(name: str) -> Records:
    person = f"{name}@m-headers.com"
    return joined(
        mail(f"m-{name}", "ann", NOON, person, thread_id=f"t-{name}"),
        mail(f"m-{name}-re", "ann", NOON + HOUR, "ann@us.com", sender=person.title(), thread_id=f"t-{name}", **ANSWERS[name][0]),
    )


COMPANY = joined(
    {
        "account": [{"id": "m-a", "domain": "m-a.com"}, {"id": "m-b", "domain": "m-b.com"}],
        "contact": [
            {"id": "m-known", "email": "m-known@gmail.com", "account_id": "m-a"},
            {"id": "m-two", "email": "two@m-b.com", "account_id": "m-b"},
            {"id": "m-old", "email": "old@m-b.com", "merged_into_id": "m-two"},
        ],
    },
    *(_answered(name) for name in ANSWERS),
    # One mail, however many recipients; its account is that of most of them.
    mail(
        "m-many", "ann", NOON, "one@m-b.com", "x@m-a.com", "y@m-a.com", "X@m-a.com", "bob@us.com", "z@nowhere.dev", automated=True
    ),
    mail("m-equal", "ann", NOON, "one@m-b.com", "x@m-a.com"),
    mail("m-nowhere", "ann", NOON, "z@nowhere.dev", "w@nowhere.dev", "x@m-a.com"),
    mail("m-inside", "ann", NOON, "bob@us.com"),
    mail("m-free", "ann", NOON, "friend@gmail.com"),
    mail("m-accepting", "ann", NOON, "x@m-a.com", calendar_reply=True),
    mail("m-bouncing", "ann", NOON, "x@m-a.com", bounce=True),
    # A reply in another thread, to a rep in Tokyo: an answer, but no reply.
    mail("m-other", "kei", at("2024-10-04T16:00"), "other@m-a.com", thread_id="t-other"),
    mail("m-other-re", "kei", at("2024-10-04T17:00"), "kei@us.com", sender="other@m-a.com", thread_id="t-new"),
    # To the second: 14 days, and a second more.
    mail("m-14", "ann", NOON, "day14@m-a.com"),
    mail("m-14-re", "ann", NOON + 14 * DAY, sender="day14@m-a.com"),
    mail("m-15", "ann", NOON, "day15@m-a.com"),
    mail("m-15-re", "ann", NOON + 14 * DAY + 1, sender="day15@m-a.com"),
    # Only the first mail ever is an outreach; what came before it, or with it, answers nothing.
    mail("m-first", "ann", NOON, "again@m-a.com", thread_id="t-again"),
    mail("m-second", "ann", NOON + DAY, "again@m-a.com", thread_id="t-again"),
    mail("m-before", "ann", NOON - 1, sender="again@m-a.com", thread_id="t-again"),
    mail("m-with", "ann", NOON, sender="again@m-a.com", thread_id="t-again"),
    mail("m-re1", "ann", NOON + 2 * DAY, sender="again@m-a.com", thread_id="t-again"),
    mail("m-re2", "ann", NOON + 3 * DAY, sender="again@m-a.com", thread_id="t-again"),
    # A colleague's answer in the thread, a bystander's, another rep's mailbox, an unknown free-mail sender, a known one.
    mail("m-group", "ann", NOON, "in@m-b.com", thread_id="t-group"),
    mail("m-ours", "ann", NOON + HOUR, sender="bob@us.com", thread_id="t-group"),
    mail("m-bystander", "ann", NOON + HOUR, sender="by@m-b.com", thread_id="t-group"),
    mail("m-bobs", "bob", NOON + HOUR, sender="in@m-b.com", thread_id="t-group"),
    mail("m-stranger", "ann", NOON + HOUR, sender="stranger@gmail.com", thread_id="t-group"),
    mail("m-fan", "ann", NOON + HOUR, sender="m-known@gmail.com"),
    # Mailed under one address, answered from the one of the contact merged into it; no thread, no reply.
    mail("m-merged", "ann", NOON, "two@m-b.com"),
    mail("m-merged-re", "ann", NOON + HOUR, sender="old@m-b.com"),
    # A sequence of mails without thread at the same instant: the smallest id is the first.
    mail("m-tie-b", "ann", NOON, "tie@m-a.com"),
    mail("m-tie-a", "ann", NOON, "tie@m-a.com"),
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with built(COMPANY, ("stint", "person", "touch_person", "touch", "mail", "outreach", "reply")) as engine:
        yield engine


@pytest.mark.parametrize("name", ANSWERS)
def test_only_humans_answer(engine: Engine, name: str) -> None:
    human = ANSWERS[name][1]
    reply = f"m-{name}-re"
    assert (
        found(engine, "mail", "direction human engaged person_id", email_id=reply)
        == [("inbound", True, True, f"address:{name}@m-headers.com")][:human]
    )
    assert found(engine, "reply", "email_id rep_id at day", thread_id=f"t-{name}") == [(reply, "ann", NOON + HOUR, TODAY)][:human]
    answered = (True, NOON + HOUR) if human else (False, None)
    assert found(engine, "outreach", "replied reply_at", email_id=f"m-{name}") == [answered]


def test_a_mail_counts_once_whatever_its_recipients(engine: Engine) -> None:
    columns = "rep_id direction human automated account_id person_id day"
    assert found(engine, "mail", columns, email_id="m-many") == [("ann", "outbound", False, True, "m-a", None, TODAY)]
    assert found(engine, "touch", "people automated", touch_id="email:m-many") == [(4, True)]
    assert len(found(engine, "touch_person", "person_id", touch_id="email:m-many")) == 4
    assert found(engine, "mail", "account_id", email_id="m-equal") == [("m-a",)]
    assert found(engine, "mail", "account_id", email_id="m-nowhere") == [("m-a",)]


@pytest.mark.parametrize("id_", ["m-inside", "m-free", "m-accepting", "m-bouncing"])
def test_internal_unknown_and_automatic_mail_is_no_touch(engine: Engine, id_: str) -> None:
    assert found(engine, "mail", "email_id", email_id=id_) == []
    assert found(engine, "touch", "touch_id", touch_id=f"email:{id_}") == []


def test_an_answer_in_another_thread_is_no_reply(engine: Engine) -> None:
    answered = (day("2024-10-05"), True, at("2024-10-04T17:00"), day("2024-10-20"))  # already the 5th in Tokyo
    assert found(engine, "outreach", "day replied reply_at matures_day", email_id="m-other") == [answered]
    assert found(engine, "mail", "engaged account_id", email_id="m-other-re") == [(True, "m-a")]
    assert found(engine, "reply", "email_id", rep_id="kei") == []


def test_fourteen_days_end_to_the_second(engine: Engine) -> None:
    assert found(engine, "outreach", "replied reply_at matures_day", email_id="m-14") == [(True, NOON + 14 * DAY, TODAY + 15)]
    assert found(engine, "outreach", "replied reply_at matures_day", email_id="m-15") == [(False, None, TODAY + 15)]


def test_the_first_mail_and_the_first_answer_count(engine: Engine) -> None:
    person = "address:again@m-a.com"
    assert found(engine, "outreach", "email_id at replied reply_at", person_id=person) == [
        ("m-first", NOON, True, NOON + 2 * DAY)
    ]
    assert found(engine, "reply", "email_id", thread_id="t-again") == [("m-re1",)]
    assert found(engine, "mail", "email_id engaged", person_id=person) == [
        ("m-before", False),
        ("m-re1", True),
        ("m-re2", True),
        ("m-with", False),
    ]
    assert found(engine, "outreach", "email_id", person_id="address:tie@m-a.com") == [("m-tie-a",)]


def test_a_reply_comes_from_a_person_mailed_to_the_rep_who_mailed(engine: Engine) -> None:
    assert found(engine, "reply", "email_id", thread_id="t-group") == []
    assert found(engine, "mail", "rep_id engaged", email_id="m-bobs") == [("bob", False)]
    assert found(engine, "mail", "engaged", email_id="m-bystander") == [(False,)]


def test_senders_inside_or_unknown_at_free_mail_are_left_out(engine: Engine) -> None:
    for id_ in ("m-ours", "m-stranger"):
        assert found(engine, "mail", "email_id", email_id=id_) == []
    assert found(engine, "mail", "person_id account_id engaged", email_id="m-fan") == [("contact:m-known", "m-a", False)]


def test_merged_contacts_answer_for_each_other(engine: Engine) -> None:
    assert found(engine, "outreach", "replied reply_at account_id", email_id="m-merged") == [(True, NOON + HOUR, "m-b")]
    assert found(engine, "mail", "person_id engaged", email_id="m-merged-re") == [("contact:m-two", True)]

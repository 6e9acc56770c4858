"""Messages as people read them, each in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from paceline.channels.message import Button, Line, Message, Section
from paceline.pages.telling.addresses import absolute, unsubscribe
from paceline.people.models import User
from paceline.project.running import running

_NAMES: Mapping[str, str | Promise] = {
    "digest": gettext_lazy("the morning’s three things"),
    "alert": gettext_lazy("changes as they happen"),
    "week": gettext_lazy("the week in review"),
    "month": gettext_lazy("the month in review"),
    "test": gettext_lazy("a test"),
}

Write = Callable[[str], Message]


def name_of(kind: str) -> str:
    """A kind of message in words."""
    return str(_NAMES.get(kind, kind))


@contextmanager
def language_of(user: User) -> Iterator[None]:
    """Texts are in the user's language."""
    with translation.override(user.language or settings.LANGUAGE_CODE):
        yield


def letter(
    user: User, kind: str, now: datetime, subject: str, *, lead: str = "", sections: Sequence[Section] = (),
    buttons: Sequence[tuple[str, str]] = (), data: Mapping[str, object] | None = None,
) -> Write:  # fmt: skip
    """A message to be, which lacks its id; ``buttons``: label and path. All its texts are read now, in the language of now."""
    footer = gettext("You get this because you are told: %(kind)s.") % {"kind": name_of(kind)}
    stop = unsubscribe(user, kind) if kind != "test" else ""
    links = tuple(Button(label, absolute(path)) for label, path in buttons)
    links += (Button(gettext("What you are told"), absolute(reverse("my_messages"))),)
    words = gettext("Stop these messages")
    return lambda name: Message(
        name, kind, subject, lead, tuple(one for one in sections if one.lines), links, footer, stop, words, now.isoformat(),
        dict(data or {}),
    )  # fmt: skip


def company_name() -> str:
    """Which company it is about: a subject begins with it."""
    return running().project.settings.name


def test(user: User, now: datetime) -> Write:
    """To see whether messages arrive."""
    with language_of(user):
        subject = gettext("%(company)s: a test message") % {"company": company_name()}
        line = Line(gettext("It works"), gettext("Messages from Paceline reach you this way."), absolute(reverse("home")))
        return letter(user, "test", now, subject, sections=[Section("", (line,))])


def changed(user: User, now: datetime, firing: Sequence[Line], normal: Sequence[Line], rest: int, cards: Sequence[str]) -> Write:
    """What changed just now, and what is back to usual; ``rest``: of more than fits."""
    count = len(firing) + len(normal) + rest
    told = {"company": company_name(), "count": count}
    subject = ngettext("%(company)s: %(count)s change", "%(company)s: %(count)s changes", count) % told
    lead = ngettext("and %(count)s more, in the list", "and %(count)s more, in the list", rest) % {"count": rest} if rest else ""
    sections = [Section(gettext("Changed"), tuple(firing)), Section(gettext("Back to usual"), tuple(normal))]
    buttons = [(gettext("All alerts"), reverse("alerts"))]
    return letter(user, "alert", now, subject, lead=lead, sections=sections, buttons=buttons, data={"alerts": list(cards)})


def morning(
    user: User, now: datetime, needs: Sequence[Line], well: Sequence[Line], rest: int, cards: Sequence[str]
) -> Write:
    """The three things that matter, and what went well."""
    told = {"company": company_name(), "count": len(needs)}
    if needs:
        subject = ngettext("%(company)s: %(count)s thing for today", "%(company)s: %(count)s things for today", len(needs)) % told
    else:
        subject = gettext("%(company)s: what went well") % told
    lead = ""
    if rest:
        lead = ngettext("%(count)s more is known and can wait.", "%(count)s more are known and can wait.", rest) % {"count": rest}
    sections = [Section(gettext("Needs you"), tuple(needs)), Section(gettext("Went well"), tuple(well))]
    buttons = [(gettext("Open Today"), reverse("today")), (gettext("All alerts"), reverse("alerts"))]
    return letter(user, "digest", now, subject, lead=lead, sections=sections, buttons=buttons, data={"alerts": list(cards)})

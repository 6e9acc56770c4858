"""One's messages: which, how, when; a test; what was sent; and the way out that needs no log-in."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from paceline.access.audit import note
from paceline.access.gate import Asking, action
from paceline.alerts import outbox
from paceline.alerts.models import Delivery, Progress, Wishes
from paceline.alerts.wishes import KINDS, address_of, sealed, wishes_of
from paceline.channels.registry import CHANNELS
from paceline.channels.webhook.send import new_secret
from paceline.pages.telling import letters
from paceline.pages.telling.addresses import unsubscribed
from paceline.pages.telling.company import company
from paceline.pages.telling.doors import may
from paceline.pages.telling.forms import PARTS, WAYS, MessagesForm
from paceline.pages.telling.sending import send_now
from paceline.pages.told import in_words
from paceline.people.models import User

NEEDS = {"digest": "see_today", "alert": "see_alerts", "week": "see_review", "month": "see_review"}
_SHOWN = 30


@action("see_messages", "choose_messages")
def my_messages(request: Asking) -> HttpResponse:
    """Which messages one gets, and the last ones."""
    wishes = wishes_of(request.user)
    form = MessagesForm(request.POST or None, wishes=wishes, company=company(), kinds=kinds_of(request.user))
    if request.method == "POST" and form.is_valid():
        form.save()
        note("messages_chosen", request.user, {kind: getattr(wishes, kind) for kind in KINDS})
        messages.success(request, gettext("Saved."))
        return redirect("my_messages")
    return render(request, "telling/messages.html", _context(request, wishes, form), status=400 if form.is_bound else 200)


@action("choose_messages")
def test_message(request: Asking) -> HttpResponse:
    """Send a message now, and say what came of it."""
    way = request.POST.get("channel", "")
    if request.method != "POST" or way not in CHANNELS:
        return redirect("my_messages")
    now = timezone.now()
    made = outbox.put(request.user, way, "test", now.isoformat(), letters.test(request.user, now), now, send_at=now,
                      expires_at=now + timedelta(minutes=10))  # fmt: skip
    send_now(made)
    if made is not None:
        made.refresh_from_db()
        sent = made.progress == Progress.SENT
        told = gettext("Sent: %(why)s.") if sent else gettext("Not sent: %(why)s.")
        (messages.success if sent else messages.error)(request, told % {"why": made.why})
    return redirect("my_messages")


@action("choose_messages")
def new_webhook_secret(request: Asking) -> HttpResponse:
    """A signing secret, shown on this very answer and never again."""
    if request.method != "POST":
        return redirect("my_messages")
    wishes, secret = wishes_of(request.user), new_secret()
    wishes.webhook_secret = sealed(secret)
    wishes.save()
    note("webhook_secret_made", request.user)
    form = MessagesForm(None, wishes=wishes, company=company(), kinds=kinds_of(request.user))
    return render(request, "telling/messages.html", {**_context(request, wishes, form), "new_secret": secret})


@action("choose_messages")
def send_again(request: Asking, delivery: UUID) -> HttpResponse:
    """One of one's own messages once more, under the same id."""
    found = Delivery.objects.filter(pk=delivery, user=request.user).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        if outbox.send_again(found, timezone.now()):
            note("message_sent_again", request.user, {"delivery": str(found.pk)})
            messages.success(request, gettext("It is on its way."))
        else:
            messages.error(request, gettext("It is on its way already, or what it said is forgotten."))
    return redirect("my_messages")


@csrf_exempt  # the link is the proof: a mail program follows it without any cookie (RFC 8058)
@action("stop_messages")
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The way out that stands in every mail: GET asks, POST ends these messages."""
    told = unsubscribed(token)
    user = User.objects.filter(public_id=told[0]).first() if told is not None and told[1] in KINDS else None
    if told is None or user is None:
        raise Http404
    if request.method == "POST":
        wishes = wishes_of(user)
        setattr(wishes, told[1], "")
        wishes.save()
        note("messages_stopped", user, {"kind": told[1]})
    context = {"done": request.method == "POST", "kind": letters.name_of(told[1])}
    return render(request, "telling/unsubscribe.html", context)


def kinds_of(user: User) -> tuple[str, ...]:
    """The kinds of message that the user's role may see."""
    return tuple(kind for kind in KINDS if may(user, NEEDS[kind]))


def _context(request: Asking, wishes: Wishes, form: MessagesForm) -> dict[str, object]:
    to, how = address_of(wishes), company()
    ways = [(name, WAYS[name], in_words(channel.ready(how, to))) for name, channel in CHANNELS.items()]
    sent = Delivery.objects.filter(user=request.user).prefetch_related("log")[:_SHOWN]
    return {
        "form": form,
        "parts": [(title, [form[name] for name in names if name in form.fields]) for title, names in PARTS],
        "ways": ways,
        "sent": [(one, letters.name_of(one.kind), WAYS.get(one.channel, one.channel), _again(one)) for one in sent],
        "has_slack_webhook": bool(wishes.slack_webhook),
        "has_secret": bool(wishes.webhook_secret),
        "webhooks": how.webhooks,
    }


def _again(one: Delivery) -> bool:
    """Whether it can be sent again: what failed or is in doubt, and for a webhook whatever it got."""
    if not one.message:
        return False
    if one.progress == Progress.SENT:
        return one.channel == "webhook"
    return one.progress in (Progress.FAILED, Progress.UNSURE)

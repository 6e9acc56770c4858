"""What the two do: each address takes one form and leads back to where it was sent from."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from paceline.access.audit import note
from paceline.access.gate import Asking, action
from paceline.coaching import actions, agenda, holding, notes, wishes
from paceline.coaching.cadence import Cadence
from paceline.coaching.models import Action, OneOnOne, Wish
from paceline.coaching.pair import Pair
from paceline.coaching.series import meet
from paceline.pages.one_on_ones.agreeing import AgreeForm
from paceline.pages.one_on_ones.gather import prepared
from paceline.pages.one_on_ones.pairing import one_of, pair_of
from paceline.pages.one_on_ones.points import points
from paceline.pages.one_on_ones.reading import address_of, clock, context_of, to_change, zone_of
from paceline.pages.one_on_ones.scheduling import SeriesForm, WhenForm
from paceline.pages.told import fault_in_words

Deed = Callable[[Asking, Pair, OneOnOne], HttpResponse | None]


class NotDone(Exception):
    """What was asked can't be done; the message says why, in the reader's language."""


def _deed(named: str, place: str = "") -> Callable[[Deed], Callable[..., HttpResponse]]:
    """A view that does one thing to the next 1:1 of the two, notes that it was done, and leads back to ``place`` of its page."""

    def made(deed: Deed) -> Callable[..., HttpResponse]:
        def view(request: Asking, rep_id: str) -> HttpResponse:
            pair = pair_of(request, rep_id)
            if request.method == "POST":
                one = agenda.upcoming(pair)
                try:
                    answer = deed(request, pair, one)
                except NotDone as why:
                    messages.error(request, str(why))
                else:
                    if answer is not None and answer.status_code >= 400:
                        return answer
                    note(named, request.user, {"person": pair.rep_id, "one_on_one": str(one.public_id)})
                    return answer or redirect(address_of(request, pair) + place)
            return redirect(address_of(request, pair) + place)

        return action("see_one_on_ones", "hold_one_on_ones")(view)

    return made


@_deed("agenda_changed", "#agenda")
def order(request: Asking, pair: Pair, one: OneOnOne) -> None:
    """Tick a point off or open it again, move it up or down, take it off."""
    key, do = request.POST.get("key", ""), request.POST.get("do", "")
    agenda.write_down(one, points(request.door.store, pair, prepared(request, pair, one), wishes.of_two(pair)))
    doing: dict[str, Callable[[], None]] = {
        "done": lambda: agenda.tick(one, key, True, clock()),
        "open": lambda: agenda.tick(one, key, False, clock()),
        "up": lambda: agenda.move(one, key, -1),
        "down": lambda: agenda.move(one, key, 1),
        "off": lambda: agenda.take_off(one, key),
    }
    if do not in doing:
        raise Http404
    try:
        doing[do]()
    except agenda.AgendaError:
        raise NotDone(_("This point isn’t on the agenda any more.")) from None


@_deed("series_changed", "#when")
def series(request: Asking, pair: Pair, one: OneOnOne) -> None:  # noqa: ARG001
    """From now on the two meet so."""
    form = SeriesForm(request.POST)
    if not form.is_valid():
        told = [f"{form.fields[name].label}: {' '.join(map(str, faults))}" for name, faults in form.errors.items()]
        raise NotDone(" ".join(told))
    chosen = form.cleaned_data
    first = request.door.store.view().day
    rhythm = Cadence(chosen["weeks"], chosen["weekday"], chosen["at"], chosen["time_zone"], first)
    meet(pair, rhythm, chosen["minutes"], clock())
    messages.success(request, _("Saved."))


@_deed("one_on_one_moved", "#when")
def when(request: Asking, pair: Pair, one: OneOnOne) -> None:
    """This one is at another time."""
    form = WhenForm(request.POST)
    if not form.is_valid():
        raise NotDone(_("Enter a day and a time."))
    at = form.cleaned_data["at"]
    holding.move(one, None if at is None else at.replace(tzinfo=zone_of(pair)))
    messages.success(request, _("Saved."))


@_deed("one_on_one_begun")
def begin(request: Asking, pair: Pair, one: OneOnOne) -> None:
    """It begins: what is shown stays as it is from now on."""
    told = prepared(request, pair, one)
    agenda.write_down(one, points(request.door.store, pair, told, wishes.of_two(pair)))
    holding.begin(one, told, clock())


@_deed("one_on_one_held")
def end(request: Asking, pair: Pair, one: OneOnOne) -> HttpResponse:
    """It was held."""
    told = prepared(request, pair, one)
    agenda.write_down(one, points(request.door.store, pair, told, wishes.of_two(pair)))
    try:
        holding.end(one, told, int(request.POST.get("minutes", "")), clock())
    except ValueError:
        raise NotDone(_("Enter how many minutes it took, from 1 to %(most)s.") % {"most": holding.MOST_MINUTES}) from None
    messages.success(request, _("Held. What wasn’t talked about is on the next agenda."))
    return redirect("one_on_one", one.public_id)


@_deed("one_on_one_skipped")
def skip(request: Asking, pair: Pair, one: OneOnOne) -> None:  # noqa: ARG001
    """It doesn't take place."""
    holding.skip(one, clock())
    messages.success(request, _("Its agenda is the next one’s."))


@_deed("action_agreed", "#agree")
def agree(request: Asking, pair: Pair, one: OneOnOne) -> HttpResponse | None:
    """One thing agreed."""
    form = AgreeForm(request.POST, request=request, pair=pair)
    if form.is_valid():
        try:
            actions.agree(one, request.user.rep_id, form.agreed(), request.door.store)
        except actions.ActionError as error:
            raise NotDone(capfirst(fault_in_words(error))) from None
        messages.success(request, _("Agreed. It will be followed up automatically."))
        return None
    context = {**context_of(request, pair, one), **to_change(request, pair, one), "agree": form}
    return render(request, "one_on_ones/one.html", context, status=400)


@_deed("note_kept", "#notes")
def write(request: Asking, pair: Pair, one: OneOnOne) -> None:  # noqa: ARG001
    """One's notes of the next 1:1, shared and private."""
    _write(request, one)


@action("see_one_on_ones", "hold_one_on_ones")
def write_past(request: Asking, public_id: UUID) -> HttpResponse:
    """One's notes of a 1:1 that was."""
    one = one_of(request, public_id)
    if request.method == "POST":
        _write(request, one)
        note("note_kept", request.user, {"person": one.rep_id, "one_on_one": str(one.public_id)})
    return redirect(reverse("one_on_one", args=[one.public_id]) + "#notes")


def _write(request: Asking, one: OneOnOne) -> None:
    for name, private in (("shared", False), ("private", True)):
        if name in request.POST:
            notes.write(one, request.user.rep_id, private, request.POST[name], clock())
    messages.success(request, _("Saved."))


@action("see_one_on_ones", "hold_one_on_ones")
def tick_action(request: Asking, number: int) -> HttpResponse:
    """Something agreed is done, or isn't yet; either of the two says so."""
    found = Action.objects.filter(pk=number).select_related("one_on_one").first()
    if found is None:
        raise Http404
    one = one_of(request, found.one_on_one.public_id)
    if request.method == "POST":
        actions.set_done(found, request.POST.get("do") == "done", clock())
        note("action_ticked", request.user, {"person": one.rep_id, "one_on_one": str(one.public_id)})
    here = request.POST.get("next", "")
    return redirect(here if agenda.is_ours(here) else reverse("one_on_ones"))


@_deed("asked_for", "#asked")
def ask(request: Asking, pair: Pair, one: OneOnOne) -> None:  # noqa: ARG001
    """The rep asks the manager for something."""
    if request.user.rep_id != pair.rep_id:
        raise Http404
    link = request.POST.get("link", "")
    try:
        told = request.POST.get("kind", ""), request.POST.get("text", "")
        wishes.ask(pair, *told, clock(), link if agenda.is_ours(link) else "")
    except wishes.WishError:
        raise NotDone(_("Say what it is about.")) from None
    messages.success(request, _("Sent. Your manager will see it on the 1:1 page."))


@action("see_one_on_ones", "hold_one_on_ones")
def answer(request: Asking, number: int) -> HttpResponse:
    """The manager answers what a rep asked for."""
    wish = Wish.objects.filter(pk=number, manager_id=request.user.rep_id).exclude(manager_id="").first()
    if wish is None:
        raise Http404
    if request.method == "POST":
        wishes.answer(wish, request.POST.get("do") == "yes", request.POST.get("answer", ""), clock())
        note("wish_answered", request.user, {"person": wish.rep_id})
        messages.success(request, _("Answered."))
    here = request.POST.get("next", "")
    return redirect(here if agenda.is_ours(here) else reverse("one_on_ones"))

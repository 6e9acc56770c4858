"""Writing a checked change, making the numbers follow in the background, and telling what that means."""

from __future__ import annotations

from django.contrib import messages
from django.utils.translation import gettext as _

from paceline.access.audit import note
from paceline.access.gate import Asking
from paceline.pages.set_up import work
from paceline.project.changing import Checked, Effect, effect, made_of, write_metrics, write_settings
from paceline.project.running import running

Path = tuple[str, str]


def save(request: Asking, found: Checked, changed: frozenset[Path]) -> None:
    """Write ``paceline.toml``. ``changed``: the keys that differ."""
    if not changed:
        messages.info(request, _("Nothing was changed."))
        return
    project = running().project
    before = made_of(project)
    after = write_settings(project, found)
    note("settings_changed", request.user, {"keys": ", ".join(sorted(".".join(path) for path in changed))[:500]})
    _follow(request, effect(before, after, changed))


def save_metrics(request: Asking, text: str) -> None:
    """Write ``metrics.toml``. Raises OwnMetricsError."""
    project = running().project
    before = made_of(project)
    after = write_metrics(project, text)
    note("own_metrics_changed", request.user, {"length": len(text)})
    _follow(request, effect(before, after))


def _follow(request: Asking, of: Effect) -> None:
    try:
        done = work.begin(_("Numbers follow the settings"), _reread)
    except work.BusyError as error:
        messages.warning(request, _("Saved. Other work goes on (%(what)s); the numbers follow at its end.") % {"what": error})
        return
    if done.error:
        messages.error(request, _("Saved, but the numbers couldn’t follow: %(why)s") % {"why": done.error})
    else:
        messages.success(request, told(of))


def _reread(tell: work.Tell) -> None:
    tell(_("Deriving facts…"))
    running().reread()
    running().changed()


def told(of: Effect) -> str:
    """What the change makes the store do, in a sentence."""
    if of.facts:
        words = _("Saved. All facts and roll-ups are made anew from the records.")
    elif of.rollups:
        words = _("Saved. The roll-ups are made anew; the facts stay.")
    else:
        words = _("Saved. No number has to be worked out anew.")
    return f"{words} {_('The server must be started again for all of it.')}" if of.at_start else words

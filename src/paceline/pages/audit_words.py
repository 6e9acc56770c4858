"""What is said of an entry of the audit log: words for each thing that is noted."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

WORDS = {
    "action_agreed": gettext_lazy("agreed on an action"), "action_ticked": gettext_lazy("ticked off an action"),
    "agenda_changed": gettext_lazy("changed the agenda of a 1:1"),
    "alert_act_undone": gettext_lazy("took back a word on an alert"),
    "alert_judged": gettext_lazy("judged an alert"), "alert_snoozed": gettext_lazy("snoozed an alert"),
    "asked_by_assistant": gettext_lazy("asked through an assistant"),
    "asked_for": gettext_lazy("asked the manager for something"),
    "control_totals_changed": gettext_lazy("changed the source’s own totals"),
    "data_taken_out": gettext_lazy("took out everything kept about a person"),
    "dispute_accepted": gettext_lazy("accepted a dispute: left out"), "dispute_open": gettext_lazy("opened a dispute again"),
    "dispute_rejected": gettext_lazy("rejected a dispute: it counts"),
    "dispute_undone": gettext_lazy("undid a dispute: it counts again"), "disputed": gettext_lazy("disputed a record"),
    "exported": gettext_lazy("took out a table"), "files_uploaded": gettext_lazy("uploaded files"),
    "goal_proposal_decided": gettext_lazy("decided on a proposed goal"), "goal_proposed": gettext_lazy("proposed a goal"),
    "goal_retired": gettext_lazy("took back a goal"), "goals_set": gettext_lazy("set goals"),
    "invited": gettext_lazy("invited somebody"), "joined": gettext_lazy("accepted the invitation"),
    "key_made": gettext_lazy("made a key"), "key_revoked": gettext_lazy("revoked a key"),
    "log_in_failed": gettext_lazy("log-in failed"), "logged_in": gettext_lazy("logged in"),
    "logged_out": gettext_lazy("logged out"),
    "mapping_changed": gettext_lazy("changed a mapping"), "message_sent_again": gettext_lazy("sent a message again"),
    "messages_chosen": gettext_lazy("chose messages"), "messages_stopped": gettext_lazy("stopped messages"),
    "note_kept": gettext_lazy("kept a note of a 1:1"), "one_on_one_begun": gettext_lazy("began a 1:1"),
    "one_on_one_held": gettext_lazy("finished a 1:1"), "one_on_one_moved": gettext_lazy("moved a 1:1"),
    "one_on_one_opened": gettext_lazy("opened a 1:1"), "one_on_one_skipped": gettext_lazy("left out a 1:1"),
    "own_data_taken_out": gettext_lazy("took out everything kept about oneself"),
    "own_metrics_changed": gettext_lazy("changed own metrics"), "password_chosen": gettext_lazy("chose a password"),
    "password_link_made": gettext_lazy("made a link for a new password"), "person_erased": gettext_lazy("erased a person"),
    "series_changed": gettext_lazy("changed when 1:1s are"), "set_up": gettext_lazy("set Paceline up"),
    "settings_changed": gettext_lazy("changed settings"), "source_loaded": gettext_lazy("loaded a source"),
    "user_activated": gettext_lazy("activated a user"), "user_changed": gettext_lazy("changed a user"),
    "user_deactivated": gettext_lazy("deactivated a user"), "view_changed": gettext_lazy("changed a saved view"),
    "view_saved": gettext_lazy("saved a view"), "webhook_secret_made": gettext_lazy("made a webhook’s secret"),
    "wish_answered": gettext_lazy("answered what a rep asked for"),
}  # fmt: skip


def done(what: str) -> str:
    """What was done: ``changed settings``; the code itself where it has no words (any more)."""
    return str(WORDS.get(what, what))

"""One table: action × role → allowed or not, over whose rows, and why. The permissions page of the docs is made from it.

Deny by default: a role that isn't named in a rule may not. A view names its action with ``@action`` (``access/gate.py``); a view
without one doesn't open, and a test walks all of them for every role.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from paceline.people.roles import Role


class Rows(StrEnum):
    """Over whose rows an allowed action reaches."""

    NOBODY = "no one's numbers"
    OWN = "own"
    TREE = "own, and those who reported to the user, on the days they did"
    ALL = "everybody's"


REP, MANAGER, EXECUTIVE, ADMIN = Role.REP, Role.MANAGER, Role.EXECUTIVE, Role.ADMIN

# Whose numbers each role sees, wherever numbers are seen.
SIGHT: Mapping[Role, Rows] = MappingProxyType({REP: Rows.OWN, MANAGER: Rows.TREE, EXECUTIVE: Rows.ALL, ADMIN: Rows.ALL})
LEADS: Mapping[Role, Rows] = MappingProxyType({role: rows for role, rows in SIGHT.items() if role is not REP})
# What the notice tells everybody who is measured.
NOTICED = ("see_rep", "see_peers", "see_one_on_ones", "see_coaching_time", "export")
EVERYONE: Mapping[Role, Rows] = MappingProxyType(dict.fromkeys(Role, Rows.NOBODY))
ADMINS: Mapping[Role, Rows] = MappingProxyType({ADMIN: Rows.ALL})
# What stays between two people: an executive has it with those who report to him, and nobody reads another's.
TWO: Mapping[Role, Rows] = MappingProxyType({REP: Rows.OWN, MANAGER: Rows.TREE, EXECUTIVE: Rows.TREE})


@dataclass(frozen=True)
class Rule:
    """One action. ``writes``: it changes something. ``seen_by``: the action by which the same thing is read; who may read it but
    not write it is told so (403), everybody else finds nothing (404). ``public``: needs no log-in.
    """

    action: str
    does: str
    roles: Mapping[Role, Rows]
    why: str
    writes: bool = False
    seen_by: str = ""
    public: bool = False


_NONE: Mapping[Role, Rows] = MappingProxyType({})

RULES: tuple[Rule, ...] = (
    # --- without a log-in ---
    Rule("log_in", "Log in, by password or single sign-on.", _NONE, "Everybody starts here.", writes=True, public=True),
    Rule("join", "Accept an invitation, or choose a new password, by a link that works once.", _NONE,
         "The link is the proof; it is long, random, and ends after some days.", writes=True, public=True),
    Rule("set_up", "Set the company up, once.", _NONE,
         "The first start prints a token in the terminal; the page is gone as soon as there is a user.", writes=True, public=True),
    Rule("see_whether_up", "See whether the server is up.", _NONE, "A monitor asks without a log-in; it learns nothing else.",
         public=True),
    Rule("see_server_metrics", "See how the server does: requests, errors, age of data, failed work.", _NONE,
         "For a monitor on this machine, or with a key of an admin; the page itself refuses everybody else. No numbers of people.",
         public=True),
    Rule("see_api", "Read how the API is asked.", _NONE, "It describes the program, nothing of the company.", public=True),
    # --- one's own account ---
    Rule("see_notice", "Read what is measured, from what, and who sees it.", EVERYONE,
         "Whoever is measured must know; whoever looks must know the limits."),
    Rule("keep_account", "Change one's password, second factor, sessions and keys.", EVERYONE, "They are one's own.", writes=True),
    Rule("see_views", "See one's saved views, and those that are shared.", EVERYONE,
         "A view is an address: it shows each what they may see, whoever saved it."),
    Rule("keep_views", "Give a page's address a name, share it, begin the day with it.", EVERYONE,
         "They are one's own.", writes=True, seen_by="see_views"),
    Rule("go_home", "Open the page that fits one's role.", EVERYONE, "It only leads on."),
    Rule("use_api", "Ask whom a key speaks for.", EVERYONE, "Each program may know what it may."),
    Rule("ask_by_assistant", "Ask through an assistant, by MCP.", EVERYONE,
         "Each tool asks by the rule of what it tells; every call is in the audit log."),
    # --- numbers ---
    Rule("see_today", "See what needs attention today.", LEADS, "It is the manager's list; a rep's own day is on the rep's page."),
    Rule("see_team", "See reps by metrics.", LEADS, "A rep sees peers only without names."),
    Rule("see_rep", "See a person's numbers, goals, deals.", SIGHT,
         "A rep sees her own; a manager those who report to him; executives and admins everybody."),
    Rule("see_metric", "See a metric: its definition, trend and distribution.", SIGHT,
         "Definitions are everybody's, the numbers are those of the rows in sight."),
    Rule("see_records", "See the records behind a number.", SIGHT, "Whoever sees a number may check it."),
    Rule("see_peers", "See the team's values without names.", {REP: Rows.OWN, **LEADS},
         "To know where one stands; the company can turn it off (`peers` in `paceline.toml`), and small teams have none."),
    Rule("see_forecast", "See the forecast.", SIGHT, "Each their own part of it."),
    Rule("see_ramp", "See new people beside those before them.", SIGHT,
         "A rep sees her own start; past hires are curves without names, and none of fewer than five."),
    Rule("see_decide", "See where effort pays: products, sources, segments, habits.", LEADS,
         "It is for whoever decides where people put their effort."),
    Rule("see_accuracy", "See how often forecasts, chances and alarms were wrong.", EVERYONE,
         "Whoever is to trust a judgement may know its record; it is of all together, and names nobody."),
    Rule("see_drivers", "See what a result's gap is made of.", SIGHT,
         "Of the rows in sight; peers are sums over three people or more, without names."),
    Rule("see_board", "See the leaderboard, where the company has turned it on.", SIGHT,
         "Off by default (`leaderboard` in `paceline.toml`); a rep sees her own value among her team's, without names unless the "
         "company allows them."),
    Rule("see_tv", "See the view for a screen on the wall, where the company has turned it on.", LEADS,
         "Whoever leads puts it up; it has no names unless the company allows them."),
    Rule("see_goals", "See goals, which to set, and what reaching one takes.", SIGHT, "Whoever is measured by a goal sees it."),
    Rule("set_goals", "Set goals, change them, take them back, decide on proposed ones.", LEADS,
         "A manager sets those of the people below, nobody their own; each change is kept with its reason and is in the audit log.",
         writes=True, seen_by="see_goals"),
    Rule("propose_goal", "Propose a goal of one's own.", {REP: Rows.OWN, MANAGER: Rows.OWN},
         "Whoever one reports to decides; until then it counts nowhere.", writes=True),
    Rule("see_disputes", "See disputed records and what was decided.", SIGHT,
         "One's own disputes, and those over records in the numbers in sight."),
    Rule("dispute_record", "Say that a record of a number shouldn't count.", SIGHT,
         "Whoever sees a record may say that it is wrong; until the admin decides, it counts.", writes=True, seen_by="see_disputes"),
    Rule("decide_disputes", "Leave a disputed record out of every number, or let it count.", ADMINS,
         "One person answers for what counts; every decision is in the audit log and on the numbers that it changed.",
         writes=True, seen_by="see_disputes"),
    Rule("export", "Take numbers and records out as CSV, Parquet or pictures.", SIGHT,
         "Nothing leaves that isn't on the page; each export is in the audit log."),
    # --- 1:1s ---
    Rule("see_one_on_ones", "Read one's own 1:1s: agenda, notes, what was agreed.", TWO,
         "They stay between the two of them: no admin, no executive, no other manager reads them."),
    Rule("hold_one_on_ones", "Prepare and hold a 1:1: agenda, notes, what is agreed, what is asked for.", TWO,
         "Each of the two, with the other alone; that one was opened or held is in the audit log, and no word of it.", writes=True,
         seen_by="see_one_on_ones"),
    Rule("see_coaching_time", "See whom managers met in 1:1s, and for how long.", LEADS,
         "How much coaching there is can be known without a word of what was said."),
    # --- alerts and messages ---
    Rule("see_alerts", "See what changed for longer than chance explains, and what became of it.", LEADS,
         "It is the list that managers work through; a rep sees the same on the own page."),
    Rule("act_on_alerts", "Snooze an alert, say that it was useful or no issue, take that back.", LEADS,
         "A snooze is one's own; a verdict is everybody's, is counted in how often we are wrong, and is in the audit log.",
         writes=True, seen_by="see_alerts"),
    Rule("see_review", "See a week or a month in review.", SIGHT, "Each of the rows in sight."),
    Rule("see_messages", "See which messages one gets, how and when, and those that were sent.", EVERYONE, "They are one's own."),
    Rule("choose_messages", "Choose which messages one gets, how and when.", EVERYONE, "They are one's own.", writes=True,
         seen_by="see_messages"),
    Rule("stop_messages", "End a kind of message by the link in it.", _NONE,
         "The link is the proof; it can do nothing else.", writes=True, public=True),
    # --- configuration ---
    Rule("see_work", "See how the work behind the pages goes: what ran, what failed, which messages were sent.", ADMINS,
         "Whoever runs the server must know; what a message says is its reader's alone."),
    Rule("see_data_health", "See how complete the data is.", LEADS, "Whoever reads numbers must know their gaps."),
    Rule("see_set_up", "See the company's settings, maps, own metrics and sources.", ADMINS, "It is the admin's work."),
    Rule("change_set_up", "Change settings, maps, own metrics; upload and load files.", ADMINS,
         "It is the admin's work; each change is in the audit log, and the version before is kept.",
         writes=True, seen_by="see_set_up"),
    Rule("see_users", "See who has an account.", ADMINS, "It is the admin's work."),
    Rule("change_users", "Invite, change and deactivate users.", ADMINS, "It is the admin's work; each change is in the audit log.",
         writes=True, seen_by="see_users"),
    Rule("see_audit", "Read the audit log.", ADMINS, "It tells who looked and who changed what."),
    Rule("see_own_data", "Take out everything that is kept about oneself.", EVERYONE, "It is the person's right."),
)

BY_ACTION: Mapping[str, Rule] = MappingProxyType({rule.action: rule for rule in RULES})


def rows_of(action: str, role: Role | None) -> Rows | None:
    """Over whose rows the role may do the action; None: not at all. KeyError for an action that isn't in the table."""
    return None if role is None else BY_ACTION[action].roles.get(role)


def refusal(action: str, role: Role | None) -> int:
    """The status that answers a refused request: 403 for someone who may read the thing but not change it, else 404."""
    rule = BY_ACTION[action]
    return 403 if rule.seen_by and rows_of(rule.seen_by, role) is not None else 404

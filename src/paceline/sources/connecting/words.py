"""What other systems call our records, their columns and their words: names as their exports have them.

Salesforce's are the API names of its standard objects (Data Loader and the weekly export) and the labels of its reports;
HubSpot's the internal names and the labels of its exports; then what people write into spreadsheets, in English and German.
All are written as ``plain`` makes them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NO_LETTER = re.compile(r"[^\w]+|_+")

Names = Mapping[str, tuple[str, ...]]


def plain(name: str) -> str:
    """``StageName``, ``stage_name``, ``Stage-Name `` and ``Stage_Name__c`` → ``stage name``."""
    words = _NO_LETTER.sub(" ", _HUMP.sub(" ", name.removesuffix("__c")))
    return " ".join(words.casefold().split())


def _names(**of: str) -> Names:
    """A text a key, its names parted by ``|``."""
    return {key: tuple(part.strip() for part in text.split("|")) for key, text in of.items()}


# Our record → what a file of it is called, without its ending. Plural and singular both.
FILES: Names = _names(
    rep="rep|reps|user|users|sales rep|sales reps|owner|owners|team|teams|sales team|sales teams|seller|sellers|agent|agents|"
    "employee|employees|benutzer|mitarbeiter|people|hubspot users",
    rep_role="rep role|rep roles|role|roles|assignments",
    absence="absence|absences|time off|vacation|vacations|leave|abwesenheiten",
    holiday="holiday|holidays|public holidays|feiertage",
    account="account|accounts|company|companies|organization|organizations|organisation|organisations|customer|customers|"
    "firmen|kunden|unternehmen|hubspot companies",
    contact="contact|contacts|person|persons|kontakte|hubspot contacts",
    lead="lead|leads|prospects|interessenten",
    product="product|products|product2|products2|price list|produkte",
    stage="stage|stages|deal stages|opportunity stage|opportunity stages|pipeline stages|phasen",
    opportunity="opportunity|opportunities|deal|deals|sales pipeline|pipeline|opps|sales|verkaufschancen|hubspot deals",
    opportunity_change="opportunity change|opportunity changes|opportunity field history|opportunity history|"
    "opportunity histories|deal history|deal stage history|stage history|history",
    opportunity_contact="opportunity contact role|opportunity contact roles|opportunity contact|opportunity contacts|"
    "deal contacts",
    opportunity_split="opportunity split|opportunity splits|deal splits|splits",
    line_item="line item|line items|opportunity line item|opportunity line items|opportunity product|opportunity products|"
    "order items|deal products",
    email="email|emails|messages|email message|mails",
    call="call|calls|dialer|dialler|call log|anrufe",
    meeting="meeting|meetings|event|events|appointments|termine",
    goal="goal|goals|quota|quotas|target|targets|ziele",
    forecast_call="forecast|forecasts|forecast call|forecast calls|commits",
    cost="cost|costs|kosten",
    exchange_rate="exchange rate|exchange rates|dated conversion rate|currency type|kurse",
)

# Our record → our column → what theirs is called. The surest first.
COLUMNS: Mapping[str, Names] = {
    "rep": _names(
        id="id|user id|rep id|owner id|hs object id|record id|hubspot owner id|employee id|salesperson id|agent id",
        name="name|full name|user|user name|sales agent|sales rep|rep|rep name|owner|owner name|agent|agent name|salesperson|"
        "seller|employee|vollständiger name|mitarbeiter",
        email="email|e mail|email address|user email|work email|mail",
        time_zone="time zone|timezone|time zone sid key",
        hired_day="hire date|hired|hired day|start date|employment start date",
        left_day="left|left day|termination date|end date",
        holiday_calendar="holiday calendar",
    ),
    "rep_role": _names(
        id="role id",
        rep_id="rep id|user id|user|sales rep|rep|agent|sales agent|owner|owner id|employee id|id",
        role="role|user role|user role name|userrole name|title|job title|position|rolle",
        segment="segment",
        team="team|team name|main team|sales team|department|division|hubspot team",
        manager_id="manager|manager id|manager name|reports to|reports to id|supervisor|team lead|vorgesetzter|leiter|"
        "teamleiter|führungskraft",
        territory="territory|region|regional office|office|office location|gebiet",
        from_day="from day|role since|since|start date|hire date|effective date|seit|eintrittsdatum",
        until_day="until day|role until",
    ),
    "absence": _names(
        rep_id="user id|user|sales rep|rep|agent|sales agent|owner|owner id|employee id",
        from_day="from|from day|start|start date|first day|von",
        until_day="until day|back on|until",
        kind="kind|type|reason|art",
    ),
    "holiday": _names(
        calendar="calendar|country|region|land",
        day="day|date|datum",
        name="name|holiday|what",
    ),
    "account": _names(
        id="id|account id|company id|record id|hs object id|organization id|customer id|companyid",
        name="name|account name|account|company|company name|organization|organisation|customer|customer name|firma|unternehmen",
        domain="domain|website|company domain name|web|url",
        type="type|account type|lifecycle stage",
        tier="tier|rating|priority",
        industry="industry|sector|branche",
        segment="segment|account segment|size segment",
        territory="territory|region|country|billing country|office location|country region|gebiet",
        employees="employees|number of employees|numberofemployees|employee count|head count|headcount|mitarbeiter",
        parent_id="parent id|parent account id|parent account|subsidiary of|parent company|hs parent company id",
        created_at="created date|create date|createdate|created at|created|created on|created day|erstelldatum",
        merged_into_id="master record id",
        deleted="is deleted|deleted",
    ),
    "contact": _names(
        id="id|contact id|record id|hs object id|person id",
        account_id="account id|account|account name|company|company id|associated company|associated company id|"
        "associatedcompanyid|primary associated company id|organization",
        name="name|full name|contact name|contact",
        email="email|e mail|email address|mail",
        title="title|job title|jobtitle|position",
        seniority="seniority|hs seniority",
        created_at="created date|create date|createdate|created at|created|erstelldatum",
        merged_into_id="master record id",
        deleted="is deleted|deleted",
    ),
    "lead": _names(
        id="id|lead id|record id|hs object id",
        name="name|full name|lead name|lead",
        email="email|e mail|email address",
        company="company|company name|account|organization",
        title="title|job title|jobtitle",
        source="lead source|source|original source|hs analytics source|channel",
        owner_id="owner id|owner|lead owner|hubspot owner id|assigned to",
        created_at="created date|create date|createdate|created at|created|erstelldatum",
        converted_at="converted date|converted at",
        converted_account_id="converted account id",
        converted_contact_id="converted contact id",
        converted_opportunity_id="converted opportunity id",
        merged_into_id="master record id",
        deleted="is deleted|deleted",
    ),
    "product": _names(
        id="id|product id|product2 id|product code|sku|record id|hs object id|hs sku",
        name="name|product name|product|produkt",
        family="family|product family|series|category|line",
        list="list price|price|sales price|unit price|preis",
        currency="currency|currency iso code|currencyisocode|währung",
    ),
    "stage": _names(
        id="id|stage id|api name|internal name",
        name="name|stage name|stage|master label|label",
        pipeline="pipeline|pipeline id",
        position="position|sort order|order|display order",
        probability="probability|default probability|win probability",
        outcome="outcome|means|status|forecast category",
    ),
    "opportunity": _names(
        id="id|opportunity id|deal id|record id|hs object id|opp id|opportunity number|deal number|vorgangsnummer|vorgangsnr",
        name="name|opportunity name|deal name|dealname|deal|opportunity|title|subject|bezeichnung",
        account_id="account id|account|account name|company|company name|company id|associated company|associated company id|"
        "associated company ids|primary associated company|organization|organisation|customer|client|firma|kunde",
        owner_id="owner id|opportunity owner|deal owner|hubspot owner id|owner|owner name|owner full name|sales agent|"
        "sales rep|salesperson|rep|rep name|agent|seller|assigned to|account executive|ae|inhaber|eigentümer|besitzer|"
        "verkäufer|vertriebsmitarbeiter|zuständig|verantwortlich",
        created_by_id="created by id|created by|created by user id|hs created by user id",
        sourced_by_id="sourced by|sdr|sdr id|bdr",
        created_at="created date|create date|createdate|created at|created|created on|created day|date created|open date|"
        "opened|engage date|hs createdate|erstelldatum|erstellt am|angelegt am",
        stage_id="stage name|stage|deal stage|dealstage|opportunity stage|stage id|pipeline stage|sales stage|status|phase",
        amount="amount|deal amount|opportunity amount|value|deal value|close value|acv|arr|annual contract value|"
        "total contract value|tcv|revenue|price|total|amount in company currency|betrag|wert|auftragswert|volumen|summe|umsatz",
        currency="currency|currency iso code|currencyisocode|amount currency|deal currency code|währung",
        close_day="close date|closedate|closed date|closing date|expected close date|close|date closed|won date|schlusstermin|"
        "abschlussdatum|geschlossen am",
        closed_at="closed at|hs closed date|last stage change date",
        source="lead source|source|original source|hs analytics source|original source type|original traffic source|quelle",
        type="type|deal type|dealtype|opportunity type|typ",
        product_id="product id|product|product name|produkt",
        next_step="next step|hs next step|nächster schritt",
        deleted="is deleted|deleted",
        test="is test|test",
    ),
    "opportunity_change": _names(
        id="id|history id",
        opportunity_id="opportunity id|opportunity|deal id|deal",
        field="field|field name|property|what changed",
        old="old value|old|from|from stage|previous value",
        new="new value|new|to|to stage|value|stage name",
        changed_at="created date|changed at|change date|timestamp|date|edit date|last modified",
        changed_by_id="created by id|changed by|created by|edited by|source id",
    ),
    "opportunity_contact": _names(
        id="id",
        opportunity_id="opportunity id|opportunity|deal id",
        contact_id="contact id|contact",
        buying_role="role|buying role",
        added_at="created date|added at",
    ),
    "opportunity_split": _names(
        id="id",
        opportunity_id="opportunity id|opportunity|deal id",
        rep_id="split owner id|user id|owner id|rep|owner",
        share="share|split percentage|split|percent",
    ),
    "line_item": _names(
        id="id|line item id|hs object id|record id",
        opportunity_id="opportunity id|opportunity|deal id|associated deal id|deal",
        product_id="product2 id|product id|product|product name|hs product id",
        quantity="quantity|qty|menge",
        list="list price|price",
        sold="unit price|sales price|sold price|net price",
        currency="currency|currency iso code|currencyisocode|hs line item currency code",
    ),
    "email": _names(
        id="id|message id",
        thread_id="thread id|thread identifier|conversation id",
        rep_id="mailbox|user id|user|sales rep|rep|agent|sales agent|owner|owner id|employee id",
        direction="direction|incoming|is incoming|hs email direction",
        sent_at="sent at|message date|date|timestamp|sent",
        from_address="from address|from|sender",
    ),
    "call": _names(
        id="id|call id|record id|hs object id",
        rep_id="user id|user|sales rep|rep|agent|sales agent|owner|owner id|employee id|assigned to|hubspot owner id|"
        "activity assigned to",
        started_at="started at|start time|call start time|date|timestamp|activity date|hs timestamp|created date",
        direction="direction|call type|call direction|hs call direction",
        disposition="disposition|call disposition|outcome|result|call result|call outcome|hs call disposition",
        seconds="seconds|duration|call duration in seconds|duration seconds",
        contact_id="contact id|who id|contact",
        account_id="account id|account",
        address="email|address",
    ),
    "meeting": _names(
        id="id|event id|meeting id|record id|hs object id",
        series_id="series id|recurrence activity id",
        title="title|subject|name",
        organizer_id="organizer|organizer id|owner id|assigned to|hubspot owner id|host",
        booked_at="booked at|created date|create date",
        start_at="start at|start date time|start time|start|date|hs meeting start time|starts at",
        end_at="end at|end date time|end time|end|hs meeting end time|ends at",
        status="status|meeting outcome|hs meeting outcome|outcome",
    ),
    "goal": _names(
        rep_id="user id|user|sales rep|rep|agent|sales agent|owner|owner id|employee id|quota owner id",
        team="team|team name",
        metric="metric|goal|kpi",
        from_day="from day|from|start date|start",
        until_day="until day|until",
        target="target|quota amount|quota|goal amount|value|amount|ziel",
        currency="currency|currency iso code",
    ),
    "cost": _names(
        from_day="from day|from|month|start date",
        until_day="until day|until",
        amount="amount|cost|spend|betrag",
        currency="currency",
        kind="kind|type|category",
        segment="segment",
        rep_id="user id|user|sales rep|rep|agent|sales agent|owner|owner id|employee id",
    ),
    "exchange_rate": _names(
        currency="currency|iso code|currency iso code",
        from_day="from day|start date|date|from",
        rate="rate|conversion rate",
    ),
}

# Words that a record's name may stand before: "Deal Name", "Opportunity: Amount".
BEFORE: Names = _names(
    rep="user|rep|sales rep|owner",
    account="account|company|organization|customer",
    contact="contact|person",
    lead="lead",
    product="product",
    stage="stage",
    opportunity="opportunity|deal|opp",
    opportunity_change="history",
    line_item="line item|item",
    call="call",
    meeting="meeting|event",
    email="email|message",
)
FIRST_NAMES, LAST_NAMES = ("first name", "firstname", "vorname"), ("last name", "lastname", "surname", "nachname")

# A stage's words → what it means; any part of the stage's name.
WON = ("closed won", "closedwon", "won", "gewonnen", "gagné", "success", "signed", "sold")
LOST = (
    "closed lost",
    "closedlost",
    "lost",
    "verloren",
    "perdu",
    "abandoned",
    "disqualified",
    "dead",
    "no decision",
    "unqualified",
)
# Where an open stage stands in most pipelines, from its first word to its last.
WAY = _names(
    way="new|lead|prospect|appointment|contact|engag|qualif|discover|need|presentation|demo|value|decision maker|perception|"
    "evaluat|trial|proposal|price|quote|angebot|negotia|verhandl|review|verbal|commit|contract"
)["way"]
# Our record and column → our word → what theirs is called.
WORDS: Mapping[tuple[str, str], Names] = {
    ("opportunity_change", "field"): _names(
        stage="stage|stage name|deal stage|dealstage",
        owner="owner|owner id|opportunity owner|deal owner|hubspot owner id",
        close_day="close date|closedate|close day",
    ),
    ("call", "direction"): _names(
        outbound="outbound|outgoing|out",
        inbound="inbound|incoming|in",
    ),
    ("email", "direction"): _names(
        outbound="outbound|outgoing|out|sent|false|0|email",
        inbound="inbound|incoming|in|received|true|1|incoming email",
    ),
    ("meeting", "status"): _names(
        scheduled="scheduled|planned|booked",
        held="held|completed|done|attended",
        cancelled="cancelled|canceled|rescheduled",
        no_show="no show|noshow|absent",
    ),
    ("stage", "outcome"): _names(
        open="open|in progress|pipeline|best case|commit",
        won="won|closed won|closed",
        lost="lost|closed lost|omitted",
    ),
    ("opportunity_contact", "buying_role"): _names(
        decision_maker="decision maker|executive sponsor",
        economic_buyer="economic buyer|economic decision maker",
        champion="champion",
        influencer="influencer|evaluator",
        user="user|business user|end user",
        blocker="blocker",
        other="other|technical buyer",
    ),
    ("forecast_call", "category"): _names(
        commit="commit",
        best_case="best case|bestcase",
        pipeline="pipeline|open",
    ),
}
# The same word, and another meaning: an amount's change is told in whole cents here, and in money everywhere else.
NOT_ALIKE = frozenset({("opportunity_change", "field", "amount")})


def plain_names() -> frozenset[str]:
    """Every name of a column above, casefolded: what a header may hold."""
    return frozenset(name for columns in COLUMNS.values() for names in columns.values() for name in names)

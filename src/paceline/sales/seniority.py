"""From a job title, as people write it, to a level of seniority.

A title is read as words: accents, case and punctuation don't matter. The highest level that one of its words stands for is the
answer, after what only sounds senior is taken away: whom somebody works for ("assistant to the CEO"), what somebody looks after
("product owner", "lead generation"), and what somebody was ("former CFO"). A title in which nothing is known has no level.

The languages known are English, French, German, Spanish, Portuguese, Italian, Dutch, the Scandinavian ones, Polish, Russian,
Japanese and Chinese; others give None unless they use an English word.
"""

from __future__ import annotations

import re
import unicodedata

from paceline.sales.records import LEVELS

_CXO = (
    r"c(e|f|t|o|i|m|r|p|d|s|c|l|a|x|b|g|n|v)o",
    r"c(is|hr|cm|pr|dp|is|mi|nt)o",
    r"chief( \w+)* officer",
    r"chief (executive|financial|operating|revenue|technology|people)",
    r"(co )?founder",
    r"cofounder",
    r"(co )?owner",
    r"proprietor",
    r"president",
    r"chair(man|woman|person)?",
    r"managing director",
    r"managing partner",
    r"(general|senior|founding|equity) partner",
    r"partner$",
    r"general counsel",
    r"board member",
    r"member of the board",
    r"p d ?g",
    r"pdg",
    r"presidente?",
    r"directeur general",
    r"directrice generale",
    r"fondat(eur|rice)",
    r"cofondat(eur|rice)",
    r"gerante?",
    r"associee? gerante?",
    r"geschaftsfuhr(er|erin|ung)",
    r"geschaeftsfuehr(er|erin|ung)",
    r"vorstand\w*",
    r"inhaber(in)?",
    r"grunder(in)?",
    r"directora? general",
    r"directora? ejecutiv[oa]",
    r"consejer[oa] delegad[oa]",
    r"gerente general",
    r"fundador(a)?",
    r"propietari[oa]",
    r"diretor(a)? (geral|executiv[oa])",
    r"socio",
    r"socia",
    r"amministrat(ore|rice) (delegat[oa]|unico)",
    r"titolare",
    r"fondat(ore|rice)",
    r"direttore generale",
    r"algemeen directeur",
    r"bestuurder",
    r"eigenaar",
    r"oprichter",
    r"vd",
    r"verkstallande direktor",
    r"adm(inistrerende)? dir(ektor)?",
    r"toimitusjohtaja",
    r"prezes",
    r"генеральныи директор",
    r"президент",
    r"основатель",
)
_VP = (
    r"[sea]?vp",
    r"[rg]vp",
    r"vice presidente?",
    r"vicepresidente?",
    r"vice presidents?",
    r"vicepresident",
    r"vizeprasident(in)?",
    r"вице президент",
)
_DIRECTOR = (
    r"(executive |associate |assistant |deputy |senior )?director",
    r"dir",
    r"head of",
    r"global head",
    r"(group|regional) head",
    r"general manager",
    r"country manager",
    r"chief of staff",
    r"chief (architect|engineer|scientist|economist)",
    r"dean",
    r"directeur",
    r"directrice",
    r"drh",
    r"daf",
    r"dsi",
    r"direktor(in)?",
    r"bereichsleit(er|erin|ung)",
    r"vertriebsleit(er|erin|ung)",
    r"(marketing|personal|it|finanz|einkaufs|entwicklungs|werks)leit(er|erin|ung)",
    r"prokurist(in)?",
    r"directora?",
    r"direct[oa]r",
    r"diretor(a)?",
    r"dirett(ore|rice)",
    r"hoofd",
    r"direktorka",
    r"dyrektor(ka)?",
    r"johtaja",
    r"директор",
)
_MANAGER = (
    r"manager(in)?",
    r"mgr",
    r"supervisor",
    r"superintendent",
    r"foreman",
    r"team ?lead(er)?",
    r"controller",
    r"comptroller",
    r"responsable",
    r"chef (de|du|des|d) \w+",
    r"cheffe (de|du|des|d) \w+",
    r"\w*leit(er|erin|ung)",
    r"gerente",
    r"jef[ea]",
    r"coordenador(a)?",
    r"responsabile",
    r"capo \w+",
    r"teamleider",
    r"chef",
    r"avdelningschef",
    r"leder",
    r"afdelingsleder",
    r"paallikko",
    r"kierowni(k|czka)",
    r"руководитель",
    r"начальник",
    r"менеджер",
)
_SENIOR = (
    r"senior",
    r"sr",
    r"lead",
    r"principal",
    r"staff",
    r"expert(e|in)?",
    r"architect",
    r"architecte",
    r"architekt(in)?",
    r"fellow",
    r"advisor",
    r"adviser",
    r"business partner",
    r"distinguished",
    r"attorney",
    r"lawyer",
    r"counsel",
    r"professor",
    r"referent(in)?",
    r"confirmee?",
    r"старшии",
    r"ведущии",
    r"главныи",
)
_ENTRY = (
    r"assistant",
    r"assistante?",
    r"associate",
    r"analyst(e|in)?",
    r"specialist(e|in)?",
    r"coordinator",
    r"administrator",
    r"engineer",
    r"developer",
    r"programmer",
    r"consultant(e|in)?",
    r"representative",
    r"rep",
    r"executive",
    r"officer",
    r"clerk",
    r"secretary",
    r"intern",
    r"trainee",
    r"student",
    r"apprentice",
    r"junior",
    r"jr",
    r"graduate",
    r"designer",
    r"accountant",
    r"buyer",
    r"planner",
    r"technician",
    r"operator",
    r"recruiter",
    r"scientist",
    r"researcher",
    r"writer",
    r"editor",
    r"agent",
    r"sdr",
    r"bdr",
    r"ae",
    r"salesperson",
    r"teacher",
    r"nurse",
    r"receptionist",
    r"support",
    r"strategist",
    r"marketer",
    r"generalist",
    r"auditor",
    r"bookkeeper",
    r"merchandiser",
    r"producer",
    r"tester",
    r"stagiaire",
    r"alternante?",
    r"chargee? (de|d) \w+",
    r"ingenieure?",
    r"developpeu(r|se)",
    r"conseill(er|ere)",
    r"commerciale?",
    r"comptable",
    r"acheteu(r|se)",
    r"juriste",
    r"technicien(ne)?",
    r"praktikant(in)?",
    r"werkstudent(in)?",
    r"sachbearbeiter(in)?",
    r"mitarbeiter(in)?",
    r"ingenieur(in)?",
    r"entwickler(in)?",
    r"berater(in)?",
    r"einkaufer(in)?",
    r"buchhalter(in)?",
    r"asistente",
    r"analista",
    r"especialista",
    r"tecnic[oa]",
    r"ingenier[oa]",
    r"becari[oa]",
    r"practicante",
    r"consultor(a)?",
    r"desarrollador(a)?",
    r"contador(a)?",
    r"comprador(a)?",
    r"ejecutiv[oa] de \w+",
    r"estagiari[oa]",
    r"engenheir[oa]",
    r"desenvolvedor(a)?",
    r"impiegat[oa]",
    r"ingegnere",
    r"tirocinante",
    r"consulente",
    r"specialista",
    r"addett[oa]",
    r"medewerk(er|ster)",
    r"stagiaire",
    r"adviseur",
    r"saljare",
    r"ingenjor",
    r"konsult(ent)?",
    r"konsulent",
    r"specjalist(a|ka)",
    r"stazyst(a|ka)",
    r"специалист",
    r"инженер",
    r"аналитик",
    r"стажер",
)
_WORDS = {"cxo": _CXO, "vp": _VP, "director": _DIRECTOR, "manager": _MANAGER, "senior": _SENIOR, "entry": _ENTRY}
# Written without spaces between words: parts of the title decide, the longer and more special ones first.
_SIGNS = (
    ("副总裁", "vp"),
    ("副總裁", "vp"),
    ("副总经理", "vp"),
    ("副總經理", "vp"),
    ("副社長", "vp"),
    ("总经理", "cxo"),
    ("總經理", "cxo"),
    ("总裁", "cxo"),
    ("總裁", "cxo"),
    ("首席", "cxo"),
    ("董事长", "cxo"),
    ("董事長", "cxo"),
    ("创始人", "cxo"),
    ("創始人", "cxo"),
    ("代表取締役", "cxo"),
    ("社長", "cxo"),
    ("会長", "cxo"),
    ("取締役", "cxo"),
    ("执行官", "cxo"),
    ("总监", "director"),
    ("總監", "director"),
    ("本部長", "director"),
    ("部長", "director"),
    ("次長", "manager"),
    ("課長", "manager"),
    ("经理", "manager"),
    ("經理", "manager"),
    ("主管", "manager"),
    ("マネージャー", "manager"),
    ("係長", "senior"),
    ("主任", "senior"),
    ("高级", "senior"),
    ("高級", "senior"),
    ("工程师", "entry"),
    ("工程師", "entry"),
    ("专员", "entry"),
    ("專員", "entry"),
    ("助理", "entry"),
    ("担当", "entry"),
    ("实习", "entry"),
)
# An assistant is one to whomever: these come before any level.
_SERVES = re.compile(
    r"\b(assistant|assistante|assistent|assistentin|asistente|assistente|asystent|asystentka|secretary|secretaire|sekretar|sekretarin"
    r"|secretaria|segretaria|aide|pa|ea)\b( \w+)? (to|of|for|du|de|des|der|des|del|della|di|do|da|von|van|al|a)\b"
)
_ASSISTS = re.compile(
    r"\b(assistant|assistante|assistent|assistentin|asistente|secretary|secretaire|sekretar|sekretarin|intern|trainee|stagiaire|praktikant"
    r"|praktikantin)$|\b(executive|personal|administrative) (assistant|secretary)\b"
    r"|assistante? de direction|\w+assisten(t|tin|z)\b"
)
_PAST = re.compile(r"^(former|formerly|ex|retired|previously|ehemalig\w*|ancien|ancienne|past)\b")
# What sounds like a level and isn't one, and what it is read as instead.
_SOUNDS = (
    (r"lead (generation|gen|management|qualification|scoring|nurturing)", "entry"),
    (r"(hr|human resources|people|finance|it|talent|business) (business )?partner", "expert"),
    (r"(channel|alliance|partner|sales|business development) partner (manager|director)", "\\2"),
    (r"staff (accountant|nurse|writer|assistant)", "\\1"),
    (r"(reporting|reports) to( the)? \w+", ""),
    (r"(office|cabinet) of( the)? \w+", ""),
    (r"(account|sales|marketing|advertising|business development|customer success|client) executive", "executive"),
    (r"vice (chair|rector|principal)\w*", "vice president"),
    (r"chief of staff to( the)? \w+", "chief of staff"),
)
_CALMED = tuple((re.compile(rf"\b{words}\b"), read) for words, read in _SOUNDS)


def level(title: str) -> str | None:
    """The level of a job title, one of `records.LEVELS`; None where nothing in it is known, or where it is in the past."""
    text = _plain(title)
    for sign, found in _SIGNS:
        if sign in text:
            return found
    return _level_of_words(text)


def _plain(title: str) -> str:
    """Lower case, without accents, letters of abbreviations together ("V.P." → "vp"), single spaces between words."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", title).casefold())
    bare = "".join(letter for letter in letters if not "\u0300" <= letter <= "\u036f")
    joined = re.sub(r"\b(\w)\.(?=\w\b)", r"\1", bare)
    return " ".join(re.sub(r"[^\w\s]|_", " ", joined).split())


def _level_of_words(text: str) -> str | None:
    if _PAST.search(text):
        return None
    if _SERVES.search(text) or _ASSISTS.search(text):
        return "entry"
    for pattern, read in _CALMED:
        text = pattern.sub(read, text)
    if _PATTERNS["vp"].search(text):  # a vice president isn't a president
        text = _PATTERNS["vp"].sub("", text)
        return "cxo" if _PATTERNS["cxo"].search(text) else "vp"
    text = re.sub(r"\b(product|process|service|data|system|solution|platform|application|scrum) owner\b", "expert", text)
    return next((name for name in reversed(LEVELS) if _PATTERNS[name].search(text)), None)


_PATTERNS = {name: re.compile(rf"\b(?:{'|'.join(words)})\b") for name, words in _WORDS.items()}

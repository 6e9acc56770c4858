"""Made-up names. First and last names are common ones of several cultures, combined at random; companies don't exist."""

from __future__ import annotations

FIRST = (
    "Amara", "Aditi", "Agnes", "Akira", "Alba", "Anders", "Anika", "Arjun", "Astrid", "Ayo", "Beatriz", "Bence", "Bilal",
    "Camille",
    "Chen", "Chloe", "Dalia", "Daniel", "Davide", "Dilan", "Elena", "Elif", "Emeka", "Emil", "Esther", "Farah", "Felix", "Fiona",
    "Gabriel", "Greta", "Hana", "Hassan", "Helene", "Hugo", "Ilona", "Imran", "Ines", "Ingrid", "Ivan", "Jamal", "Jana", "Jonas",
    "Julia", "Kaori", "Karim", "Katya", "Kenji", "Kofi", "Lars", "Leila", "Lena", "Liam", "Lin", "Lucia", "Luka", "Mads", "Maya",
    "Marta", "Mateo", "Mei", "Mila", "Minh", "Nadia", "Naomi", "Nikhil", "Noor", "Olga", "Oscar", "Paula", "Pedro", "Priya",
    "Quentin",
    "Rahul", "Rania", "Rosa", "Samir", "Sana", "Sara", "Selin", "Simon", "Sofia", "Stefan", "Tariq", "Thandi", "Tomas",
    "Uma", "Vera",
    "Victor", "Wei", "Yara", "Yusuf", "Zofia",
)
LAST = (
    "Abara", "Adeyemi", "Alvarez", "Andersson", "Banerjee", "Barros", "Bauer", "Bianchi", "Boateng", "Brandt", "Castro",
    "Chaudhry",
    "Conti", "Costa", "Demir", "Dubois", "Eriksen", "Farkas", "Fischer", "Fontaine", "Fraser", "Garnier", "Gupta", "Haddad",
    "Hansen",
    "Herrera", "Hoang", "Horvat", "Ibrahim", "Iyer", "Jansen", "Jovanovic", "Kaya", "Keller", "Khan", "Kimura", "Kowalski",
    "Kumar",
    "Lambert", "Larsen", "Lehmann", "Lindqvist", "Lopes", "Marino", "Martel", "Mensah", "Moreau", "Murphy", "Nakamura", "Nair",
    "Ndlovu", "Novak", "Nowak", "Okafor", "Okoye", "Olsen", "Osei", "Patel", "Pereira", "Petrov", "Popescu", "Quinn", "Ramos",
    "Rossi", "Roy", "Saito", "Santos", "Schmidt", "Sharma", "Silva", "Singh", "Sato", "Tanaka", "Toth", "Tran", "Ueda", "Vargas",
    "Vidal", "Virtanen", "Walsh", "Weber", "Wong", "Yilmaz", "Zhou",
)
COMPANY_FIRST = (
    "Amber", "Arbor", "Argent", "Aspen", "Azure", "Basalt", "Birch", "Bramble", "Bright", "Cedar", "Cinder", "Clear",
    "Cobalt", "Copper",
    "Coral", "Crest", "Delta", "Drift", "Dune", "Ember", "Fable", "Fern", "Flint", "Frost", "Gale", "Garnet", "Glade",
    "Granite", "Grove",
    "Harbor", "Hazel", "Heron", "Indigo", "Iron", "Ivory", "Juniper", "Kestrel", "Lantern", "Larch", "Linden", "Lunar",
    "Maple", "Marble",
    "Meadow", "Mesa", "Mistral", "Moss", "North", "Oak", "Ochre", "Onyx", "Orchard", "Otter", "Pebble", "Pine", "Plover",
    "Prairie",
    "Quartz", "Quill", "Raven", "Reed", "Ridge", "River", "Rowan", "Russet", "Sable", "Saffron", "Sage", "Silver", "Slate",
    "Solar",
    "Spruce", "Sterling", "Summit", "Tansy", "Teal", "Tern", "Thistle", "Timber", "Umber", "Velvet", "Verdant", "Vesper",
    "Walnut",
    "Willow", "Winter", "Wren", "Yarrow", "Zephyr", "Zinc",
)
COMPANY_SECOND = (
    "anchor", "atlas", "axis", "beacon", "bench", "bloom", "bridge", "brook", "canvas", "cart", "castle", "cloud", "compass",
    "craft",
    "crown", "cycle", "depot", "engine", "fabric", "field", "finch", "folio", "forge", "frame", "freight", "garden", "gate",
    "gear",
    "grain", "harvest", "haven", "hearth", "hill", "hive", "key", "kiln", "labs", "lane", "leaf", "ledger", "lens", "lift",
    "light",
    "line", "link", "loom", "mark", "market", "metric", "mill", "mint", "motor", "notch", "optic", "parcel", "path", "peak",
    "pier",
    "pixel", "plane", "plant", "port", "press", "prism", "pulse", "quarry", "rail", "rise", "road", "root", "route", "sail",
    "scale",
    "seed", "shore", "signal", "smith", "span", "spark", "spring", "stack", "stone", "stream", "studio", "tide", "tower", "trail",
    "vault", "wave", "weld", "well", "works", "yard",
)
COMPANY_LAST = ("Ltd", "Inc", "GmbH", "SAS", "Group", "Systems", "Logistics", "Foods", "Health", "Partners", "Industries",
                "Retail")
INDUSTRIES = ("Manufacturing", "Retail", "Health care", "Logistics", "Software", "Food", "Construction", "Education",
              "Energy", "Media")

# Job titles as people write them, with the level that they mean (an index into records.LEVELS).
TITLES: tuple[tuple[str, int], ...] = (
    ("Chief Financial Officer", 5), ("CTO", 5), ("Chief Operating Officer", 5), ("VP Operations", 4),
    ("Vice President, Purchasing", 4), ("SVP Technology", 4), ("Director of IT", 3), ("Head of Procurement", 3),
    ("Operations Director", 3),
    ("Directeur des achats", 3), ("Purchasing Manager", 2), ("IT Manager", 2), ("Team Lead, Logistics", 2),
    ("Leiter Einkauf", 3), ("Senior Engineer", 1),
    ("Senior Buyer", 1), ("Buyer", 0), ("Analyst", 0), ("Office Assistant", 0), ("Software Engineer", 0),
)
FREE_MAIL_DOMAINS = ("gmail.com", "outlook.com", "gmx.de", "free.fr", "yahoo.com")
LEAD_SOURCES = ("Website", "Webinar", "Trade fair", "Referral", "Paid search", "Partner", "Cold outreach")
NEXT_STEPS = ("Send proposal", "Call back", "Demo with IT", "Security review", "Legal review",
              "Meet the buyer", "Wait for budget")
MEETING_TITLES = ("Introduction", "Discovery", "Product demo", "Proposal review", "Technical questions", "Pricing",
                  "Contract", "Next steps")
INTERNAL_TITLES = ("One-on-one", "Team meeting", "Pipeline review")

"""Who an address, a contact or a lead is."""

from collections.abc import Iterator

import pytest

from paceline.facts.merged import end_of_chain
from paceline.warehouse.engine import Engine
from tests.facts.activities import Records, built, found, joined, mail, meeting, them, us
from tests.facts.small import at

NOON = at("2024-10-04T12:00")
COMPANY: Records = joined(
    {
        "account": [
            {"id": "p-acme", "domain": "Acme.com"},
            {"id": "p-beta", "domain": "beta.org"},
            {"id": "p-beta2", "domain": "beta.org"},
            {"id": "p-old", "domain": "old.net", "merged_into_id": "p-mid"},
            {"id": "p-mid", "merged_into_id": "p-acme"},
            {"id": "p-gone", "domain": "gone.io", "deleted": True},
            {"id": "p-free", "domain": "gmail.com"},
            {"id": "p-ours", "domain": "us.com"},
        ],
        "account_domain": [{"id": "p-1", "account_id": "p-old", "domain": "acme.fr"}],
        "contact": [
            {"id": "p-c1", "account_id": "p-acme", "email": " Jo@Acme.com", "title": "CFO"},
            {
                "id": "p-c2",
                "account_id": "p-beta",
                "email": "jo@acme.com",
                "seniority": "manager",
            },  # the same address at another account
            {"id": "p-c3", "email": "jo.old@acme.com", "merged_into_id": "p-c4"},  # a chain of merges: c3 → c4 → c1
            {"id": "p-c4", "email": "jo@old.net", "merged_into_id": "p-c1"},
            {"id": "p-c5", "account_id": "p-acme", "email": "gone@acme.com", "deleted": True},
            {"id": "p-c6", "account_id": "p-old", "title": "Ninja"},  # no address, and an account merged away
            {"id": "p-c7", "account_id": "p-acme", "email": "consultant@us.com", "seniority": "vp"},  # own domain, but a contact
            {"id": "p-c8", "email": "known@gmail.com"},
            {"id": "p-c9", "email": "nowhere@beta.org"},  # a contact without account at a known domain
            {"id": "p-x1", "merged_into_id": "p-x2"},
            {"id": "p-x2", "merged_into_id": "p-x1"},  # a circle counts nowhere
        ],
        "lead": [
            {"id": "p-l1", "email": "jo@acme.com", "created_at": NOON},
            {"id": "p-l2", "email": "lea@new.com", "title": "VP Sales", "created_at": NOON},
            {"id": "p-l3", "email": "lea@new.com", "created_at": NOON},
            {
                "id": "p-l4",
                "email": "conv@other.com",
                "created_at": NOON,
                "converted_contact_id": "p-c3",
                "converted_account_id": "p-old",
            },
            {"id": "p-l5", "email": "acc@other.com", "created_at": NOON, "converted_account_id": "p-old"},
            {"id": "p-l6", "created_at": NOON, "email": "lea.second@new.com", "merged_into_id": "p-l2"},
        ],
    },
    mail(
        "p-m1",
        "ann",
        NOON,
        "JO@acme.com ",
        "new@acme.com",
        "new@acme.fr",
        "x@beta.org",
        "x@gone.io",
        "x@unknown.dev",
        "Bob@us.com",
        "friend@gmail.com",
        "known@gmail.com",
        "consultant@us.com",
        "gone@acme.com",
        "jo.old@acme.com",
        "lea@new.com",
        "odd",
    ),
    meeting("p-mt", NOON, us("ann"), {"address": "room@rooms.com", "resource": True}, them("guest@acme.com")),
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with built(COMPANY, ("person",)) as engine:
        yield engine


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("jo@acme.com", ("contact:p-c1", "p-acme", "account_contact", True, "cxo")),  # of two contacts the smallest id
        ("contact:p-c2", ("contact:p-c1", "p-acme", "account_contact", True, "cxo")),  # which then is the same person under both
        ("jo.old@acme.com", ("contact:p-c1", "p-acme", "account_contact", True, "cxo")),  # the end of the chain
        ("jo@old.net", ("contact:p-c1", "p-acme", "account_contact", True, "cxo")),
        ("contact:p-c3", ("contact:p-c1", "p-acme", "account_contact", True, "cxo")),
        ("lead:p-l1", ("contact:p-c1", "p-acme", "account_contact", True, "cxo")),  # a lead whose address is a contact's
        (
            "conv@other.com",
            ("contact:p-c1", "p-acme", "account_contact", True, "cxo"),
        ),  # a lead converted into a contact merged away
        ("contact:p-c6", ("contact:p-c6", "p-acme", "account_contact", True, None)),  # the account's chain; an unknown title
        ("consultant@us.com", ("contact:p-c7", "p-acme", "account_contact", True, "vp")),
        ("known@gmail.com", ("contact:p-c8", None, "none", True, None)),
        ("nowhere@beta.org", ("contact:p-c9", "p-beta", "domain", True, None)),
        ("lea@new.com", ("lead:p-l2", None, "none", True, "vp")),  # two leads, one person
        ("lead:p-l3", ("lead:p-l2", None, "none", True, "vp")),
        ("lea.second@new.com", ("lead:p-l2", None, "none", True, "vp")),  # the address of a lead merged away
        ("acc@other.com", ("lead:p-l5", "p-acme", "lead", True, None)),
        ("new@acme.com", ("address:new@acme.com", "p-acme", "domain", True, None)),
        ("new@acme.fr", ("address:new@acme.fr", "p-acme", "domain", True, None)),  # a further domain of an account merged away
        ("gone@acme.com", ("address:gone@acme.com", "p-acme", "domain", True, None)),  # a deleted contact is none
        ("x@beta.org", ("address:x@beta.org", "p-beta", "domain", True, None)),  # of two accounts the smallest id
        ("x@gone.io", ("address:x@gone.io", None, "none", True, None)),
        ("x@unknown.dev", ("address:x@unknown.dev", None, "none", True, None)),
        ("odd", ("address:odd", None, "none", True, None)),
        ("friend@gmail.com", ("address:friend@gmail.com", None, "none", False, None)),  # free mail that the CRM doesn't know
        ("bob@us.com", ("address:bob@us.com", None, "none", False, None)),
        ("room@rooms.com", ("address:room@rooms.com", None, "none", False, None)),
    ],
)
def test_a_key_leads_to_one_person(engine: Engine, key: str, expected: tuple[object, ...]) -> None:
    assert found(engine, "person", "person_id account_id rule external level", address=key) == [expected]


def test_deleted_and_circular_contacts_are_nobody(engine: Engine) -> None:
    for id_ in ("p-c5", "p-x1", "p-x2"):
        assert found(engine, "person", "person_id", address=f"contact:{id_}") == []


def test_a_key_is_there_once(engine: Engine) -> None:
    keys = found(engine, "person", "address")
    assert len(keys) == len(set(keys))


def test_chains_of_any_length_end() -> None:
    into: dict[str, str | None] = {str(n): str(n + 1) for n in range(100)}
    assert end_of_chain("0", into) == "100"
    assert end_of_chain("0", {**into, "100": None}) is None
    assert end_of_chain("0", {**into, "100": "50"}) is None

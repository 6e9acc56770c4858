"""What an executive is told through the API is what an admin is told: both see everybody."""

from __future__ import annotations

from django.test import Client

from paceline.api.openapi import BASE
from paceline.api.resources import ALL
from paceline.people import keys
from tests.product.conftest import Cast
from tests.product.test_api import WORDS


def program(cast: Cast, name: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {keys.make(cast[name], 'test')[1]}"})


def test_an_executive_is_told_what_an_admin_is(cast: Cast) -> None:
    for one in ALL:
        if one.name == "api_me":
            continue
        path = one.path.replace("<slug:metric>", "win_rate").replace("<path:rep>", cast.rep_id("rep"))
        address = f"{BASE}{path}?{WORDS.get(one.name, '')}"
        assert program(cast, "executive").get(address).json() == program(cast, "admin").get(address).json(), one.name

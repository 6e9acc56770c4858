"""The pages that the documentation names are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve

ROOT = Path(__file__).parents[2]
KINDS = ("tutorial", "how-to", "explanation")
GUIDES = [ROOT / "README.md", *(page for kind in KINDS for page in sorted((ROOT / "docs" / kind).glob("*.md")))]
ADDRESS = re.compile(r"`(?:GET )?(/[a-z][\w/.-]*)`")
# A folder, and what addresses begin with.
OTHERS = {"/api/v1", "/data"}


@pytest.mark.usefixtures("place")
def test_addresses_in_the_documentation_lead_somewhere() -> None:
    named = [(page.name, address) for page in GUIDES for address in ADDRESS.findall(page.read_text(encoding="utf-8"))]
    assert len(named) > 20
    wrong = []
    for page, address in named:
        if address in OTHERS or address.startswith("/etc/"):
            continue
        try:
            resolve(address.replace("SLUG", "win_rate").replace("ID", "rep-1"))
        except Resolver404:
            wrong.append(f"{page}: {address}")
    assert not wrong

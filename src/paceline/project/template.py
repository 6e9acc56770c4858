"""The commented ``paceline.toml`` that ``paceline init`` writes."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from paceline.project import keys

HEAD = """# Paceline's settings for your company. What is commented out has the value shown by default.
# `paceline check` tells you whether this file is right, and what your data lacks.
"""

# Sections whose keys are a company's own words.
EXAMPLES = {
    "dispositions": '"left message" = "not connected"',
    "stages": '"id-of-the-stage" = { outcome = "open", position = 2, probability = 0.4, accepted = true, limit_days = 30 }',
    "roles": '"Account Executive" = "AE"',
    "crm": 'opportunity = "https://crm.example.com/deals/{id}"',
}


def template(chosen: Mapping[tuple[str, str], str]) -> str:
    """The text of a ``paceline.toml``: chosen keys (path → value as TOML) are set, the others stand commented out."""
    parts = [HEAD]
    for section, doc in keys.SECTIONS.items():
        parts.append("\n" + _comment(doc) + f"[{section}]\n")
        parts.extend(_key(key, chosen.get(key.path)) for key in keys.ALL if key.section == section)
        if section in EXAMPLES:
            parts.append(f"# {EXAMPLES[section]}\n")
    return "".join(parts)


def _key(key: keys.Key, value: str | None) -> str:
    line = f"{key.name} = {key.default if value is None else value}\n"
    return _comment(key.doc.replace("`", "")) + (line if value is not None else "# " + line)


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in textwrap.wrap(text, 110))

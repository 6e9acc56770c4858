"""Everything kept about a person who sells, taken out and erased from the terminal, without a server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from paceline.project import FILE
from paceline.project.template import template

# Django is for one project a process, so these steps are a process of their own.
STEPS = """
import sys
from pathlib import Path
from paceline.cli.app import run
from paceline.pages.serving import open_database
folder = sys.argv[1]
open_database(Path(folder))
from paceline.people.models import User
User.objects.create_user("ada@example.com", "a long password", name="Ada", role="rep", rep_id="r1")
code = run(["people", "data", "ada@example.com", "-p", folder]) or run(["people", "erase", "r1", "--yes", "-p", folder])
assert not User.objects.filter(email="ada@example.com").exists()
raise SystemExit(code)
"""


def test_what_is_kept_about_a_person_is_taken_out_and_erased(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(template({}), encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", STEPS, str(tmp_path)], check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    told, _ = json.JSONDecoder().raw_decode(done.stdout)
    assert "Ada" in json.dumps(told)

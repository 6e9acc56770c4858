"""What ``deploy/`` holds fits the program: the command, the port, the folder; systemd reads the unit."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from paceline.cli.serve import PORT

DEPLOY = Path(__file__).parents[2] / "deploy"


def test_every_file_names_the_port_on_which_paceline_listens() -> None:
    for name in ("paceline.service", "Containerfile", "Caddyfile", "nginx.conf"):
        assert str(PORT) in (DEPLOY / name).read_text(encoding="utf-8"), name


def test_the_proxies_let_an_upload_through_and_keep_the_monitors_page_to_this_machine() -> None:
    serving = (DEPLOY.parent / "src/paceline/pages/serving.py").read_text(encoding="utf-8")
    taken = re.search(r"max_request_body_size=(\d+) \* 1024 \* 1024", serving)
    assert taken is not None
    for name in ("Caddyfile", "nginx.conf"):
        text = (DEPLOY / name).read_text(encoding="utf-8")
        limit = re.search(r"(?:max_size|client_max_body_size) (\d+)", text)
        assert limit is not None
        assert limit[1] == taken[1]
        assert "/metrics" in text
        assert "404" in text
        assert text.count("{") == text.count("}")
    assert "X-Forwarded-Proto" in (DEPLOY / "nginx.conf").read_text(encoding="utf-8")


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze isn't installed")
    unit = tmp_path / "paceline.service"
    text = (DEPLOY / "paceline.service").read_text(encoding="utf-8")
    unit.write_text(text.replace("/opt/paceline/bin/paceline", shutil.which("true") or "/bin/true"), encoding="utf-8")
    done = subprocess.run([verify, "verify", str(unit)], capture_output=True, text=True, timeout=60, check=False)
    assert "paceline.service" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr
    broken = tmp_path / "broken" / "paceline.service"
    broken.parent.mkdir()
    broken.write_text(text.replace("Restart=", "Restrat="), encoding="utf-8")
    done = subprocess.run([verify, "verify", str(broken)], capture_output=True, text=True, timeout=60, check=False)
    assert "Restrat" in done.stderr


def test_the_container_installs_what_is_locked_as_nobodys_root() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert "--require-hashes" in text
    assert "--extra pdf" in text
    assert "HEALTHCHECK" in text
    assert "--format docker" in text, "the OCI format drops the health check"
    assert re.search(r"^USER paceline$", text, re.MULTILINE)
    assert text.index("USER paceline") < text.index("ENTRYPOINT")

"""Files for operators: the unit of systemd is one, and the settings are written as it reads them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from allegata.cli.main import main
from allegata.settings import ENV_PREFIX, load
from support import ROOT

FILES = ROOT / "docs" / "operating"


def test_the_unit_is_one(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed")
    text = (FILES / "allegata.service").read_text("utf-8")
    unit = tmp_path / "allegata.service"
    unit.write_text(text.replace("/opt/allegata/bin/allegata", sys.executable), "utf-8")
    checked = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=120, check=False)
    ours = [line for line in (checked.stdout + checked.stderr).splitlines() if "allegata" in line]
    assert checked.returncode == 0 and ours == []


def test_every_setting_is_shown_as_it_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ALLEGATA_QUERY_TIMEOUT", "7.5")
    told = CliRunner().invoke(main, ["serve", "--show-config", "--port", "8123"])
    assert told.exit_code == 0, told.output
    (tmp_path / "environment").write_text(told.stdout, "utf-8")
    shell = (
        f"set -a; . {tmp_path / 'environment'}; exec {sys.executable} -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    )
    environ = json.loads(subprocess.run(["sh", "-c", shell], capture_output=True, timeout=60, check=True, env={}).stdout)
    assert load({}, environ) == load({"port": 8123, "query_timeout": 7.5}, {})
    assert "# seconds a query may take, parsing included; not the default\n" in told.stdout
    assert {line.split("=")[0] for line in told.stdout.splitlines() if not line.startswith("#")} == {
        name for name in environ if name.startswith(ENV_PREFIX)
    }

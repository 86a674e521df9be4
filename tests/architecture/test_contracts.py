"""The refusals are real: a small house with one deliberate wrong in it does not pass the project's tools."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ENGINE, ROOT

TOOLS = Path(sys.executable).parent
PLAIN = '"""A room."""\n'
ROOMS = [
    "cli",
    "station",
    "station/models",
    "station/operations",
    "station/queries",
    "station/views",
    "gateways",
    "lab",
    "simulation",
    "engine",
    "engine/kernel",
    "engine/reference",
    "engine/rules",
    "engine/rules/custody",
    "engine/rules/leads",
    "engine/rules/court",
    "engine/rules/statistics",
    "engine/rules/exchange",
    "engine/formats",
    "engine/documents",
]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A tiny kaval with every floor, under the project's own settings."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in ("", *ROOMS):
        folder = tmp_path / "src" / "kaval" / room
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").write_text(PLAIN, encoding="utf-8")
    shutil.copy(ENGINE / "ruff.toml", tmp_path / "src" / "kaval" / "engine")
    return tmp_path


def _put(house: Path, place: str, *, source: str) -> None:
    (house / "src" / "kaval" / place).write_text(PLAIN + source, encoding="utf-8")


def _lint_imports(house: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(house / "src"), "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        [TOOLS / "lint-imports", "--no-cache"],
        cwd=house,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )


def _ruff(house: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TOOLS / "ruff", "check", "--no-cache", "--output-format=concise", "src"],
        cwd=house,
        text=True,
        capture_output=True,
        check=False,
    )


def test_a_house_in_order_passes(house: Path) -> None:
    _put(
        house,
        "cli/main.py",
        source="\nimport kaval.station.operations\n\nPLACE = kaval.station.operations.__name__\n",
    )
    imports, style = _lint_imports(house), _ruff(house)

    assert (imports.returncode, style.returncode) == (0, 0), imports.stdout + imports.stderr + style.stdout


@pytest.mark.parametrize(
    ("importer", "imported", "contract"),
    [
        ("engine/kernel", "kaval.engine.rules", "Engine floors"),
        ("engine/rules/custody", "kaval.engine.formats", "Engine floors"),
        ("engine/formats", "kaval.engine.documents", "Engine floors"),
        ("engine/rules/custody", "kaval.engine.rules.leads", "Rooms on the rules floor"),
        ("engine/rules/leads", "kaval.engine.rules.court", "Rooms on the rules floor"),
        ("engine/rules/statistics", "kaval.engine.rules.exchange", "Rooms on the rules floor"),
        ("engine/reference", "kaval.station.models", "The house"),
        ("lab", "kaval.gateways", "The house"),
        ("gateways", "kaval.station", "The house"),
        ("station", "kaval.cli", "The house"),
        ("station/queries", "kaval.station.operations", "Station floors"),
        ("station/models", "kaval.station.queries", "Station floors"),
        ("station/operations", "kaval.station.views", "Station floors"),
        ("engine/rules/court", "django.db", "The engine knows no framework"),
        ("engine/kernel", "socket", "The engine knows no framework"),
        ("lab", "django.conf", "The lab knows no Django"),
        ("lab", "psycopg", "The lab knows no Django"),
    ],
)
def test_an_import_that_does_not_go_down_is_refused(
    house: Path, importer: str, imported: str, contract: str
) -> None:
    _put(house, f"{importer}/wrong.py", source=f"import {imported}\n")

    result = _lint_imports(house)

    assert result.returncode == 1, result.stdout + result.stderr
    broken = [line for line in result.stdout.splitlines() if line.startswith(contract) and "BROKEN" in line]
    assert broken, result.stdout
    assert f"kaval.{importer.replace('/', '.')}.wrong" in result.stdout


def test_a_room_nobody_placed_is_refused(house: Path) -> None:
    (house / "src/kaval/engine/attic").mkdir()
    _put(house, "engine/attic/__init__.py", source="")

    result = _lint_imports(house)

    assert result.returncode == 1
    assert "attic" in result.stdout


@pytest.mark.parametrize(
    ("place", "source", "complaint"),
    [
        (
            "engine/rules/leads/late.py",
            "from datetime import UTC, datetime\n\nAT = datetime.now(UTC)\n",
            "the engine has no clock",
        ),
        (
            "engine/kernel/late.py",
            "import datetime\n\nAT = datetime.datetime.now(datetime.UTC)\n",
            "the engine has no clock",
        ),
        ("engine/kernel/key.py", "import uuid\n\nKEY = uuid.uuid4()\n", "the engine has no chance"),
        ("engine/kernel/dice.py", "import random\n\nROLL = random.Random(7)\n", "the engine has no chance"),
        ("engine/formats/file.py", "import io\n\nTEXT = io.open('x').read()\n", "the engine opens no file"),
        ("engine/formats/net.py", "import socket\n\nLINE = socket.socket()\n", "the engine has no network"),
        (
            "engine/formats/setting.py",
            "import os\n\nHOME = os.environ['HOME']\n",
            "the engine has no settings",
        ),
        (
            "engine/formats/shell.py",
            "import subprocess\n\nDONE = subprocess.run([])\n",
            "the engine starts nothing",
        ),
        (
            "station/views/late.py",
            "from datetime import UTC, datetime\n\nAT = datetime.now(UTC)\n",
            "time comes in through the door",
        ),
        ("lab/late.py", "import time\n\nAT = time.time()\n", "time comes in through the door"),
    ],
)
def test_the_clock_chance_and_files_are_refused_by_style(
    house: Path, place: str, source: str, complaint: str
) -> None:
    _put(house, place, source="\n" + source)

    result = _ruff(house)

    assert result.returncode == 1, result.stdout + result.stderr
    said = [line for line in result.stdout.splitlines() if "TID251" in line]
    assert [line for line in said if line.startswith(f"src/kaval/{place}:") and complaint in line], (
        result.stdout
    )


def test_the_edge_may_read_the_clock(house: Path) -> None:
    _put(
        house, "gateways/clock.py", source="\nfrom datetime import UTC, datetime\n\nAT = datetime.now(UTC)\n"
    )

    assert _ruff(house).returncode == 0


def test_check_runs_every_refusal() -> None:
    script = (ROOT / "dev").read_text("utf-8")

    for tool in (
        "ruff check",
        "lint-imports",
        "mypy ",
        "docs/generate.py --check",
        "pytest tests/architecture",
    ):
        assert f"{tool}" in script
    assert "./dev check" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert "./dev test" in (ROOT / ".ci" / "run").read_text("utf-8")

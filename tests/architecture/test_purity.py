"""The engine is pure, its low floors keep to the standard library, and a violation is named with its line."""

from __future__ import annotations

import pytest

from tests.architecture.purity import foreign_imports, impurities
from tests.architecture.tree import ENGINE, name_of, python_files


def test_the_engine_has_no_clock_no_chance_and_no_input_or_output() -> None:
    found = [
        line
        for path in python_files(ENGINE)
        for line in impurities(path.read_text("utf-8"), place=name_of(path))
    ]

    assert not found, "\n".join(["", *found])


def test_kernel_and_rules_keep_to_the_standard_library() -> None:
    found = []
    for path in (*python_files(ENGINE / "kernel"), *python_files(ENGINE / "rules")):
        room, allowed = path.relative_to(ENGINE).parts[1:-1], frozenset[str]()
        if room[:1] == ("planning",):
            allowed = frozenset({"ortools", "numpy"})
        elif room == ("attribution",) and path.name in ("packed.py", "packing.py", "shelf.py"):
            allowed = frozenset({"numpy"})  # docs/adr/0018
        found += foreign_imports(path.read_text("utf-8"), place=name_of(path), allowed=allowed)

    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("from datetime import datetime\nat = datetime.now()", "x.py:2: datetime.now() reads the clock"),
        (
            "import datetime\nat = datetime.datetime.now(datetime.UTC)",
            "x.py:2: datetime.now() reads the clock",
        ),
        ("import datetime\nday = datetime.date.today()", "x.py:2: date.today() reads the clock"),
        ("from time import time", "x.py:1: imports time.time"),
        ("import uuid\nkey = uuid.uuid4()", "x.py:2: uuid.uuid4() is chance"),
        ("from uuid import uuid4", "x.py:1: imports uuid.uuid4"),
        ("def late():\n    import random", "x.py:2: imports random"),
        ("with open('x') as f: pass", "x.py:1: open() opens a file"),
        ("from pathlib import Path", "x.py:1: imports pathlib"),
        ("place.read_bytes()", "x.py:1: .read_bytes() touches a file"),
        ("import os.path", "x.py:1: imports os.path"),
        ("from os import environ", "x.py:1: imports os"),
        ("import socket", "x.py:1: imports socket"),
        ("from subprocess import run", "x.py:1: imports subprocess"),
        ("from django.db import models", "x.py:1: imports django.db"),
        ("import urllib.request", "x.py:1: imports urllib.request"),
        ("key = hash('a')", "x.py:1: hash() differs from run to run"),
    ],
)
def test_a_violation_is_refused_with_its_place(source: str, complaint: str) -> None:
    assert impurities(source, place="x.py") == [complaint]


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\nat = datetime.fromisoformat('2026-01-18T07:00:00+05:30')",
        "import uuid\nkey = uuid.uuid5(uuid.NAMESPACE_URL, 'x')",
        "class A:\n    def __hash__(self) -> int:\n        return hash((1, 2))",
        "from urllib.parse import urlsplit",
        "from time import struct_time",
    ],
)
def test_what_is_pure_is_let_through(source: str) -> None:
    assert impurities(source, place="x.py") == []


def test_a_library_in_the_kernel_is_refused() -> None:
    assert foreign_imports("import json\nimport lxml.etree", place="x.py") == ["x.py:2: imports lxml.etree"]

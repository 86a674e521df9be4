"""The small operation, played once for the tests that only look at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.homes import Home, new_home


@dataclass(frozen=True)
class Played:
    """A station on which the small operation was played, and what the demo printed."""

    home: Home
    summary: dict[str, Any]


@pytest.fixture(scope="session")
def played() -> Iterator[Played]:
    """Played by `kaval demo`; no test changes it."""
    with new_home() as home:
        yield Played(home, home.demo())


@pytest.fixture
def home() -> Iterator[Home]:
    """A home for one test."""
    with new_home() as fresh:
        yield fresh

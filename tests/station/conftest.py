"""Fixtures of the station's tests: a unit, people by role, and a forgotten key between tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

AT = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh_key(db: None) -> Iterator[None]:
    from kaval.station.ids import forget_key

    forget_key()
    yield
    forget_key()


@pytest.fixture
def at() -> datetime:
    """The instant of the test."""
    return AT

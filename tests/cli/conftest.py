"""A home for each test of the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.homes import Home, new_home


@pytest.fixture
def home() -> Iterator[Home]:
    """A KAVAL_HOME that holds nothing yet."""
    with new_home() as fresh:
        yield fresh

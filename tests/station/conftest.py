"""Fixtures of the station's tests: a forgotten key between tests, and the small world played up to a step.

A module that says `PLAYED_UNTIL = "plan"` gets the station as it stands after that step; it is played once for the
module in a transaction that is rolled back at the module's end, and every test works on a savepoint of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_django.plugin import DjangoDbBlocker

if TYPE_CHECKING:  # models can be imported only once Django is set up, which is after conftest files are read
    from kaval.cli.play.chain import Play

AT = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh_key(db: None) -> Iterator[None]:
    from kaval.station.ids import forget_key

    forget_key()
    yield
    forget_key()


@pytest.fixture(scope="module", autouse=True)
def _played_before_any_test(request: pytest.FixtureRequest) -> None:
    """Tests run in random order: the first of a module finds the play done whether it names the fixture or not."""
    if hasattr(request.module, "PLAYED_UNTIL"):
        request.getfixturevalue("play")


@pytest.fixture
def at() -> datetime:
    """The instant of the test."""
    return AT


@pytest.fixture(scope="module")
def play(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    small_world: Path,
) -> Iterator[Play]:
    """The small world, played until the step that the module names."""
    from django.db import transaction

    from kaval.station.ids import forget_key
    from tests.station.plays import play_until

    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            forget_key()
            yield play_until(small_world, request.module.PLAYED_UNTIL)
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)
            forget_key()

"""`kill -9` anywhere in a run, and the same command again: the end is the end of a run that nobody killed.

`./dev faults` strikes thirty times; an ordinary test run three times.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random

import pytest

from kaval.engine.rules.custody import verify_lines
from tests.faults.kills import Kill, draw, strike, wait_until_gone
from tests.homes import Home, new_home

KILLS_IN_A_HOME = 3
HOMES, HOMES_IN_A_USUAL_RUN = 10, 1
SEED = 20_260_301


@dataclass(frozen=True)
class End:
    """How a run ended: everything held, and the ledger's bytes."""

    digest: str
    ledger: bytes
    sealed: frozenset[str]


def _end_of(home: Home) -> End:
    # A kill may leave bytes under a temporary name, which nothing refers to and nothing reads.
    sealed = frozenset(path.name for path in (home.path / "sealed").glob("??/[!.]*"))
    return End(home.digest(), home.ledger.read_bytes(), sealed)


@pytest.fixture(scope="session")
def clean() -> Iterator[End]:
    """The end of a run that nobody disturbed."""
    with new_home() as home:
        home.demo()
        yield _end_of(home)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """All homes when faults were asked for by name, else a few."""
    if "number" in metafunc.fixturenames:
        asked = "faults" in str(metafunc.config.getoption("markexpr"))
        metafunc.parametrize("number", range(HOMES if asked else HOMES_IN_A_USUAL_RUN))


@pytest.mark.faults
@pytest.mark.slow
def test_killed_anywhere_and_run_again_it_ends_the_same(clean: End, number: int) -> None:
    random = Random(SEED + number)
    kills: list[Kill] = []
    with new_home() as home:
        for _ in range(KILLS_IN_A_HOME):
            kills.append(draw(random))
            ended = strike(home, kills[-1])
            assert ended in (None, 0), f"{ended} after {'; '.join(map(str, kills))}"
        said = "killed: " + "; ".join(map(str, kills))
        home.demo()
        end = _end_of(home)
        assert end.digest == clean.digest, said
        assert end.ledger == clean.ledger, said
        assert end.sealed == clean.sealed, said
        assert verify_lines(end.ledger.splitlines(keepends=True)).size > 0
    assert wait_until_gone(home.path), "a server outlived its test"


@pytest.mark.faults
@pytest.mark.slow
def test_two_demos_at_once_end_like_one(clean: End) -> None:
    """Two people, one station, the same command in the same second: nothing is done twice, neither is lost."""
    with new_home() as home:
        with ThreadPoolExecutor(2) as both:
            codes = list(both.map(lambda _: _demo_code(home), range(2)))
        assert 0 in codes, codes
        home.demo()
        assert _end_of(home) == clean
    assert wait_until_gone(home.path), "a server outlived its test"


def _demo_code(home: Home) -> int:
    try:
        home.demo()
    except AssertionError as ended:
        # Whoever loses a race may stop; what is held must be whole all the same.
        return int(str(ended).split("ended with ")[1].split()[0])
    return 0

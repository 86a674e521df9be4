"""A port has five figures at most and lies between 1 and 65535."""

from __future__ import annotations

import doctest

from kaval.engine.kernel import port


def test_its_examples_run() -> None:
    outcome = doctest.testmod(port)
    assert (outcome.attempted, outcome.failed) == (1, 0)

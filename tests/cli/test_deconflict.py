"""`kaval deconflict` says what is wrong with an event before anything is asked of the station."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.homes import Home

WHO = ("--unit", "Unit North", "--contact", "duty desk", "--by", "KP101")
DAY = ("--from", "2026-02-22T05:00:00+05:30", "--to", "2026-02-22T09:00:00+05:30")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ((*DAY, "--at", "9.98"), "one of the two is missing"),
        ((*DAY, "--identity", "ip:192.0.2.7"), "stands for many people"),
        (("--from", "soon", "--to", "later", "--at", "9.98,76.30"), "'soon' is no time"),
    ],
)
def test_an_event_that_cannot_be_meant_is_refused_at_once(
    tmp_path: Path, given: tuple[str, ...], problem: str
) -> None:
    done = Home(tmp_path / "home").run("deconflict", "add", "M-17", *WHO, *given, code=2)
    assert problem in " ".join(done.stderr.split())
    assert not (tmp_path / "home").exists()

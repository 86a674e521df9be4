"""`kaval watch add` says what is wrong with a file before anything is asked of the station."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.homes import Home

GIVEN = ("--kind", "other_unit", "--holder", "Cyber Cell", "--basis", "agreement", "--by", "KP101")


@pytest.mark.parametrize("content, until, problem", [
    ("number,what\n1,2\n", "2027-01-01", "must name kind, value, reference"),
    ("kind,value,reference\nphone,9846012345,M-1\n", "soon", "is no date like"),
    (None, "2027-01-01", "No such file"),
])  # fmt: skip
def test_a_file_or_a_day_that_cannot_be_read_is_named(
    tmp_path: Path, content: str | None, until: str, problem: str
) -> None:
    file = tmp_path / "matters.csv"
    if content is not None:
        file.write_text(content)
    done = Home(tmp_path / "home").run("watch", "add", file, *GIVEN, "--until", until, code=2)
    assert problem in " ".join(done.stderr.split())
    assert not (tmp_path / "home").exists()

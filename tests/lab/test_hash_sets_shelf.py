"""A shelf says what a plain search through its lists says, is there whole or not at all, and takes back what was taken
back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from hashlib import md5, sha1, sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from kaval.cli.app import app
from kaval.engine.kernel.errors import ReaderError, RefusedError
from kaval.lab.hashset import About, Shelf, build
from kaval.lab.hashset.rows import ALGORITHMS
from kaval.lab.index.exact import Match
from tests.lab.images import tool

AT = datetime(2026, 3, 1, tzinfo=UTC)
CONTEXT = "x/DataModels/2.0.xml/{}/$metadata#Media"
LIMIT = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def digests(number: int) -> dict[str, str]:
    content = f"pattern {number}".encode()
    return {
        name: make(content).hexdigest() for name, make in (("md5", md5), ("sha1", sha1), ("sha256", sha256))
    }


def media(number: int, *names: str, **more: Any) -> dict[str, Any]:
    own = digests(number)
    record: dict[str, Any] = {
        key: own[name] for key, name in (("MD5", "md5"), ("SHA1", "sha1")) if name in names
    }
    if "sha256" in names:
        record["AlternativeHashes"] = [{"HashName": "SHA256", "HashValue": own["sha256"]}]
    return record | more


def vics(path: Path, *records: dict[str, Any], country: str = "US") -> Path:
    path.write_text(json.dumps({"@odata.context": CONTEXT.format(country), "value": list(records)}))
    return path


def ncmec(path: Path, *inside: str) -> Path:
    space = "https://hashsharing.ncmec.org/hashsharing/v2"
    path.write_text(f'<queryResult xmlns="{space}"><images>{"".join(inside)}</images></queryResult>')
    return path


def image(number: int, *, day: int = 1, code: str = "A1", votes: str = "") -> str:
    return (
        f'<image><member id="7"/><timestamp>2026-01-{day:02}T00:00:00Z</timestamp><id>i{number}</id>'
        f"<classification>{code}</classification><fingerprints><md5>{digests(number)['md5']}</md5></fingerprints>"
        f"<feedback>{votes}</feedback></image>"
    )


def gone(number: int, *, day: int) -> str:
    return (
        f'<deletedImage><member id="7"/><id>i{number}</id><timestamp>2026-01-{day:02}T00:00:00Z</timestamp>'
        "</deletedImage>"
    )


def shelf(folder: Path, *lists: Path) -> Shelf:
    build(lists, out=folder / "shelf", at=AT)
    return Shelf.open(folder / "shelf")


def array(numbers: list[int], name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    blob = bytes.fromhex("".join(digests(number)[name] for number in numbers))
    return np.frombuffer(blob, np.uint8).reshape(len(numbers), -1)


NAMES = st.sets(st.sampled_from(["md5", "sha1", "sha256"]), min_size=1)


@LIMIT
@given(
    listed=st.lists(st.tuples(st.integers(0, 12), NAMES, st.integers(0, 2)), max_size=30),
    asked=NAMES,
)
def test_look_up_equals_a_plain_search(
    listed: list[tuple[int, set[str], int]], asked: set[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("s")
    made = shelf(
        folder, vics(folder / "k.json", *(media(n, *names, Category=code) for n, names, code in listed))
    )
    numbers = list(range(15))
    found = made.lookups(made.lookup_many(**{name: array(numbers, name) for name in asked}))
    for number in numbers:
        plain = {
            (str(code), next(name for name in ALGORITHMS if name in names & asked))
            for known, names, code in listed
            if known == number and names & asked
        }
        told = found.get(number)
        assert {(match.code, match.algorithm) for match in told.matches} if told else set() == plain
        one = made.matches(**{name: digests(number)[name] for name in asked})
        assert one.matches == (told.matches if told else ())
        assert one.disputed == ()


def test_a_match_names_list_version_scheme_and_place(tmp_path: Path) -> None:
    path = vics(
        tmp_path / "known.vics.json", media(1, "md5", Category=0), media(2, "md5", "sha1", Category=1)
    )
    other = vics(tmp_path / "other.json", {"CaseID": "x", "Media": [media(2, "sha1")]}, country="UK")
    made = shelf(tmp_path, path, other)
    version, version2 = (sha256(one.read_bytes()).hexdigest() for one in (path, other))
    told = made.matches(**digests(2)).matches
    assert told == (
        Match("known", version, "VICS/US", "2.0", "1", "sha1"),
        Match("other", version2, None, None, None, "sha1"),
    )
    found = made.lookup_many(sha1=array([2], "sha1"))
    assert [made.verdict(row).locator for row in found.row.tolist()] == ["/value/1", "/value/0/Media/0"]
    with pytest.raises(ValueError, match="no md5"):
        made.matches(md5="xyz")


def test_a_digest_that_speaks_against_makes_a_dispute(tmp_path: Path) -> None:
    mixed = media(1, "md5") | {"SHA1": digests(2)["sha1"]}
    path = vics(tmp_path / "s.json", mixed)
    told = shelf(tmp_path, path).matches(**digests(1))
    assert (told.matches, told.disputed) == ((), (f"s {sha256(path.read_bytes()).hexdigest()} /value/0",))


def test_what_says_the_same_of_the_same_file_is_told_once(tmp_path: Path) -> None:
    records = [media(1, "md5", Category=1), media(2, "md5", Category=1)] * 50
    made = shelf(tmp_path, vics(tmp_path / "s.json", *records))
    assert made.head["digests"]["md5"] == 2
    assert made.lookup_many(md5=array([1, 2], "md5")).row.tolist() == [0, 1]


@pytest.mark.parametrize("backwards", [False, True])
def test_a_later_statement_stands_whatever_the_order_of_the_files(tmp_path: Path, backwards: bool) -> None:
    first = ncmec(tmp_path / "a.xml", image(1), image(2), image(3), image(4, day=9))
    second = ncmec(
        tmp_path / "b.xml", image(2, day=5, code="B1"), gone(3, day=5), gone(4, day=5), gone(9, day=5)
    )
    made = shelf(tmp_path, *((second, first) if backwards else (first, second)))
    told = [
        [match.code for match in made.matches(md5=digests(number)["md5"]).matches] for number in range(1, 5)
    ]
    assert told == [["A1"], ["B1"], [], ["A1"]]
    assert made.head["taken_back"] == 2


def test_a_verdict_voted_down_is_a_match_without_a_code(tmp_path: Path) -> None:
    against = '<negativeFeedback type="Md5"><members><member id="8"/></members></negativeFeedback>'
    path = ncmec(tmp_path / "a.xml", image(1, votes=against), image(2))
    made = shelf(tmp_path, path)
    told = made.matches(md5=digests(1)["md5"])
    assert [(match.scheme, match.code) for match in told.matches] == [("NCMEC/industry", None)]
    assert told.contested == (f"a {sha256(path.read_bytes()).hexdigest()} image 1",)
    assert made.matches(md5=digests(2)["md5"]).contested == ()


def test_photodna_is_found_by_equal_bytes_alone(tmp_path: Path) -> None:
    values = [bytes([n]) * 144 for n in range(3)]
    records = [media(n, "md5", PhotoDNA=value.hex()) for n, value in enumerate(values)]
    made = shelf(tmp_path, vics(tmp_path / "s.json", media(9, "md5"), *records))
    asked = np.array([list(values[2]), list(values[1][:-1] + b"\xff"), list(values[0])], np.uint8)
    query, row = made.lookup_photodna(asked)
    assert (query.tolist(), row.tolist()) == ([0, 2], [3, 1])


def test_pdq_values_are_found_near_and_not_when_taken_back(tmp_path: Path) -> None:
    def pdq(value: str, number: int) -> dict[str, Any]:
        return media(number, "md5", AlternativeHashes=[{"HashName": "PDQ", "HashValue": value}])

    given = vics(tmp_path / "s.json", media(1, "md5"), pdq("00" * 32, 2), pdq("ff" * 32, 3))
    picture = image(5).replace("</fingerprints>", f"<pdq>{'0f' * 32}</pdq></fingerprints>")
    made = shelf(tmp_path, ncmec(tmp_path / "a.xml", picture, gone(5, day=3)), given)
    asked = np.zeros((2, 32), np.uint8)
    asked[0, :2], asked[1] = 0xFF, 0x0F
    near = made.search_pdq(asked)
    assert list(zip(near.query.tolist(), near.distance.tolist(), strict=True)) == [(0, 16)]
    assert made.verdict(int(near.row[0])).locator == "/value/1"


def test_provenance_comes_from_the_file_beside_and_a_missing_use_is_said(tmp_path: Path) -> None:
    one, two = (vics(tmp_path / f"{name}.json", media(1, "md5")) for name in ("one", "two"))
    said = {"name": "first list", "received_from": "example unit", "lawful_use": "order 12"}
    Path(f"{one}.about.json").write_text(json.dumps(said))
    lists = build([one, two], out=tmp_path / "s", at=AT, about=About(received_at="2026-02-01")).content[
        "lists"
    ]
    assert [(each["set"], each["received_from"], each["received_at"]) for each in lists] == [
        ("first list", "example unit", "2026-02-01"),
        ("two", "", "2026-02-01"),
    ]
    assert ["lawful-use-unstated" in each["warnings"] for each in lists] == [False, True]
    Path(f"{one}.about.json").write_text('{"name": 1}')
    with pytest.raises(ReaderError):
        build([one], out=tmp_path / "t", at=AT)


def test_the_same_lists_give_the_same_bytes(tmp_path: Path) -> None:
    lists = [vics(tmp_path / "a.json", *(media(n, "md5", "sha1") for n in range(40)))]
    first, again = (build(lists, out=tmp_path / name, at=AT).content for name in ("one", "two"))
    assert first == again


def test_a_list_cut_short_leaves_nothing(tmp_path: Path) -> None:
    path = vics(tmp_path / "a.json", media(1, "md5"))
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ReaderError):
        build([path], out=tmp_path / "shelf", at=AT)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.json"]


def test_a_shelf_is_never_written_over(tmp_path: Path) -> None:
    made = shelf(tmp_path, vics(tmp_path / "a.json", media(1, "md5")))
    with pytest.raises(RefusedError, match="there already"):
        build([tmp_path / "a.json"], out=made.folder, at=AT)
    with pytest.raises(RefusedError, match="at least one"):
        build([], out=tmp_path / "none", at=AT)


STOPS = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from kaval.lab.hashset import build

def progress(stage, done):
    if stage.startswith(sys.argv[3]):
        print("reached", flush=True)
        time.sleep(600)

build([Path(sys.argv[1])], out=Path(sys.argv[2]), at=datetime(2026, 3, 1, tzinfo=UTC), progress=progress)
"""


@pytest.mark.parametrize("stage", ["read", "order md5", "seal"])
def test_a_killed_build_leaves_no_shelf_and_the_next_one_is_whole(tmp_path: Path, stage: str) -> None:
    path, out = tmp_path / "a.md5", tmp_path / "shelf"
    path.write_text("".join(f"{digests(n)['md5']}\n" for n in range(2000)))
    command = [sys.executable, "-c", STOPS, str(path), str(out), stage]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "reached\n"
        os.kill(process.pid, signal.SIGKILL)
    assert not out.exists()
    assert (tmp_path / "shelf.building").is_dir()
    made = shelf(tmp_path, path)
    assert (len(made), made.faults()) == (2000, [])
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.md5", "shelf"]


def test_two_builds_of_one_shelf_do_not_meet(tmp_path: Path) -> None:
    path = vics(tmp_path / "a.json", media(1, "md5"))
    met: list[str] = []

    def second(stage: str, done: int) -> None:
        if stage == "seal" and not met:
            with pytest.raises(RefusedError, match="under way"):
                build([path], out=tmp_path / "s", at=AT)
            met.append(stage)

    build([path], out=tmp_path / "s", at=AT, progress=second)
    assert met == ["seal"]
    assert Shelf.open(tmp_path / "s").faults() == []


def test_hfind_and_the_shelf_find_the_same(tmp_path: Path) -> None:
    listed, asked = tmp_path / "known.md5", tmp_path / "asked"
    listed.write_text("".join(f"{digests(n)['md5']}  pattern-{n}.png\n" for n in range(0, 300, 3)))
    asked.write_text("".join(f"{digests(n)['md5']}\n" for n in range(300)))
    hfind = tool("hfind", "sleuthkit")
    subprocess.run([hfind, "-i", "md5sum", str(listed)], check=True, stdout=subprocess.DEVNULL)
    said = subprocess.run(
        [hfind, "-f", str(asked), str(listed)], check=True, stdout=subprocess.PIPE, text=True
    )
    theirs = [number for number, line in enumerate(said.stdout.splitlines()) if "Not Found" not in line]
    made = shelf(tmp_path, listed)
    assert made.lookup_many(md5=array(list(range(300)), "md5")).query.tolist() == theirs


@pytest.mark.parametrize(
    ("command", "names"),
    [
        (["hashdeep", "-c", "md5,sha1,sha256"], ALGORITHMS),
        (["md5sum"], ("md5",)),
        (["sha1sum", "--binary"], ("sha1",)),
        (["sha256sum", "--tag"], ("sha256",)),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_the_tools_write_is_read(tmp_path: Path, command: list[str], names: tuple[str, ...]) -> None:
    files = [tmp_path / f"pattern {number}, (odd) \n.png" for number in range(3)]
    for number, path in enumerate(files):
        path.write_bytes(f"pattern {number}".encode())
    written = tmp_path / "list.txt"
    run = [
        tool(command[0], "hashdeep" if command[0] == "hashdeep" else "coreutils"),
        *command[1:],
        *map(str, files),
    ]
    written.write_bytes(subprocess.run(run, check=True, stdout=subprocess.PIPE).stdout)
    made = shelf(tmp_path, written)
    for number in range(3):
        for name in ALGORITHMS:
            assert bool(made.matches(**{name: digests(number)[name]}).matches) is (name in names)


def test_an_altered_or_cut_shelf_is_told(tmp_path: Path) -> None:
    made = shelf(tmp_path, vics(tmp_path / "a.json", *(media(n, "md5") for n in range(9))))
    column = made.folder / "md5"
    column.write_bytes(bytes(16) + column.read_bytes()[16:])
    assert Shelf.open(made.folder).faults() == ["md5: another digest than when it was built"]
    column.write_bytes(column.read_bytes()[:-1])
    with pytest.raises(ReaderError, match="size"):
        Shelf.open(made.folder)
    for content in ("", "[]", "{", '{"kaval_shelf": 1}', '{"kaval_shelf": 99, "files": {}}'):
        (made.folder / "shelf.json").write_text(content)
        with pytest.raises(ReaderError):
            Shelf.open(made.folder)


def test_the_command_line_builds_tells_verifies_and_looks_up(tmp_path: Path) -> None:
    run = CliRunner()
    path, out = vics(tmp_path / "a.json", media(1, "md5", Category=1, Series="Pattern")), str(tmp_path / "s")
    built = run.invoke(app, ["hashset", "build", str(path), "--out", out, "--lawful-use", "order 12"])
    assert built.exit_code == 0, built.output
    told = run.invoke(app, ["hashset", "info", out])
    assert "lawful use: order 12" in told.output
    assert run.invoke(app, ["hashset", "verify", out]).exit_code == 0
    asked = f"{digests(1)['md5'].upper()}\n{digests(2)['sha256']}\n"
    lines = run.invoke(app, ["hashset", "lookup", out], input=asked).output.splitlines()
    first, second = (json.loads(line) for line in lines)
    assert second["matches"] == []
    (match,) = first["matches"]
    wanted = {"scheme": "VICS/US", "code": "1", "place": "/value/0", "series": "Pattern", "contested": False}
    assert wanted.items() <= match.items()
    assert isinstance(run.invoke(app, ["hashset", "lookup", out, "xyz"]).exception, ReaderError)
    (tmp_path / "s" / "given").write_bytes(b"\x00")
    assert run.invoke(app, ["hashset", "verify", out]).exit_code == 1

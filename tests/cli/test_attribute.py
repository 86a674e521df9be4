"""`kaval attribute`: one line for each observation, the same for any number of workers, and nothing on bad input."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bench._attribution_world import Size, address_text, customer_ref, observations, own_profile, write
from kaval.cli.app import app
from kaval.cli.attributing.rows import Indexed, rows_of
from kaval.cli.attributing.running import run_folder
from kaval.cli.attributing.scanning import scanned
from kaval.cli.attributing.times import ReadTime, TimeProfiles, is_midnight
from kaval.cli.profiles import profile_at
from kaval.engine import formats
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.provider import dot_ipdr_2013, dot_nat_2013
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.kernel.instant import OffsetSource, Precision
from kaval.engine.rules.attribution.packed import PackedAnswer
from kaval.engine.rules.attribution.packing import Packing
from kaval.engine.rules.attribution.shelf import Shelf

SAMPLES = Path(__file__).parents[1] / "samples" / "provider"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("attribute")
    write(folder, Size(80, 4000))
    return folder


@pytest.fixture
def world(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(made, tmp_path / "world"))


def lines(world: Path, **how: Any) -> list[dict[str, Any]]:
    return list(run_folder(world / "observations", world / "answers", world / "profiles", **how))


def run(*words: str | Path) -> Result:
    """What the verb prints; a refusal comes as the error it is."""
    result = CliRunner().invoke(app, ["attribute", *map(str, words)], env={"COLUMNS": "100"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def changed(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def causes(found: Iterable[dict[str, Any]]) -> set[str]:
    return {cause for line in found for cause in line["blocked_by"]}


# ------------------------------------------------------------ the verb


def test_every_observation_has_one_line_in_order_and_the_same_for_any_workers(made: Path) -> None:
    alone = lines(made)

    assert [line["observation"] for line in alone] == [f"O{number:07d}" for number in range(80)]
    assert list(alone[0]) == ["observation", "level", "subscriber", "place", "blocked_by", "reasons"]
    assert all((line["level"] == 2) == (not line["blocked_by"]) for line in alone)
    assert all((line["place"] is not None) == (line["level"] == 2) for line in alone)
    assert all((line["subscriber"] is None) == (line["level"] == 0) for line in alone)
    assert sum(line["level"] == 2 for line in alone) >= 70
    for workers in (2, 3):
        assert lines(made, workers=workers) == alone


def test_what_the_world_leaves_out_stops_where_it_should(made: Path) -> None:
    found = {line["observation"]: line for line in lines(made)}

    assert found["O0000027"]["blocked_by"] == ["A-21"]
    assert found["O0000051"]["blocked_by"] == ["A-10"]
    assert found["O0000000"]["subscriber"] == "NEELA/NE0000000"
    assert found["O0000000"]["place"] == "Test House 0, Ward 1, 1/0, Testur, 690000"


def test_the_verb_takes_several_files_after_one_option_repeated_options_and_folders(made: Path) -> None:
    answers = sorted((made / "answers").rglob("*.csv"))
    common = (
        "--observations",
        made / "observations",
        "--profiles",
        made / "profiles",
        "--json",
        "--workers",
        "1",
    )
    by_folder = run(*common, "--answers", made / "answers")
    several = run(*common[:2], "--answers", *answers, *common[2:])
    repeated = run(*common, *(word for path in answers for word in ("--answers", path)))

    assert [json.loads(line) for line in by_folder.stdout.splitlines()] == lines(made)
    assert several.stdout == by_folder.stdout == repeated.stdout
    assert "80 observations of 20 subjects" in by_folder.stderr
    assert "at level 2" not in by_folder.stdout


def test_without_json_a_person_reads_levels_and_causes(made: Path) -> None:
    words = (
        "--observations",
        made / "observations",
        "--answers",
        made / "answers",
        "--profiles",
        made / "profiles",
    )

    english = run(*words).stdout
    assert "Level" in english
    assert "A-21" in english
    assert "നിരീക്ഷണങ്ങൾ" in run(*words, "--lang", "ml").stdout
    malayalam = run(*words, "--lang", "ml", "--json").stdout
    assert any("\u0d00" <= letter <= "\u0d7f" for letter in malayalam)
    assert run(*words, "--lang", "fr").exit_code == 2


@pytest.mark.parametrize(
    ("path", "old", "new", "rests"),
    [
        ("observations/export-001.csv", "list-a", "list-b", "all"),
        ("answers/NEELA/ipdr-001.csv", "Holder", "Molder", "NEELA"),
        ("answers/MAYIL/subscribers-001.csv", "Holder MA", "Molder MA", "MAYIL"),
        ("profiles/isps.csv", "Neela", "Neelb", "all"),
        ("profiles/profiles/theni.json", "theni-leases", "theni-leasez", "all"),
        ("profiles/lists/vpn.csv", "exits", "exitz", "all"),
    ],
)
def test_one_changed_byte_shows_on_all_that_rests_on_it(
    world: Path, path: str, old: str, new: str, *, rests: str
) -> None:
    before = {line["observation"]: line for line in lines(world)}
    changed(world / path, old, new)
    after = lines(world)

    for line in after:
        was = before[line["observation"]]
        if rests == "all" or (was["subscriber"] or "").startswith(rests):
            assert "A-01" in line["blocked_by"], line
        elif was["subscriber"]:
            assert line == was
    assert any("Broken seal" in reason for line in after for reason in line["reasons"])


def test_what_was_never_sealed_is_not_intact(world: Path) -> None:
    named = {line["observation"] for line in lines(world) if line["subscriber"]}
    path = world / "profiles" / "seals.csv"
    path.write_text(
        "".join(line for line in path.read_text().splitlines(True) if "observations/" not in line)
    )
    after = lines(world)

    assert not any(line["subscriber"] for line in after)
    assert all("A-01" in line["blocked_by"] for line in after if line["observation"] in named)


def test_without_any_seal_the_summary_says_why_nothing_passes(world: Path) -> None:
    (world / "profiles" / "seals.csv").unlink()
    where = ("--answers", world / "answers", "--profiles", world / "profiles")
    done = run("--observations", world / "observations", *where, "--workers", "1")
    assert "seals.csv names no file" in done.output


def test_a_table_that_is_not_there_states_nothing(world: Path) -> None:
    keep = {"case.json", "allocation.csv", "requests.csv", "seals.csv", "answers.csv", "isps.csv"}
    for path in (world / "profiles").iterdir():
        if path.is_file() and path.name not in keep:
            path.unlink()
    shutil.rmtree(world / "profiles" / "lists")
    found = lines(world)

    assert not any(line["level"] == 2 for line in found)
    assert {"A-07", "A-38"} <= causes(found)
    (world / "profiles" / "requests.csv").unlink()
    assert {line["level"] for line in lines(world)} == {0}


def test_an_answer_of_an_unaccepted_form_stops(world: Path) -> None:
    changed(world / "profiles" / "templates.csv", "NEELA,", "OTHER,")

    assert "A-32" in causes(lines(world))


def test_an_answer_whose_clock_stands_off_stops_all_that_it_was_asked(world: Path) -> None:
    asked = [one for one in observations(Size(80, 4000)) if one.isp.isp_id == "THENI" and not one.between]
    rows = ["Account;Prefix;From;To"]
    for one in asked:
        shown = one.at + timedelta(minutes=330 + 360)  # India, and six hours more
        times = (str((shown + timedelta(minutes=step)).replace(tzinfo=None)) for step in (-20, 20))
        prefix = address_text(one.isp, one.held.address)
        rows.append(";".join([customer_ref(one.isp, one.held.customer), prefix, *times]))
    (world / "answers" / "THENI" / "own-001.csv").write_text("\n".join(rows) + "\n")
    found = {line["observation"]: line for line in lines(world)}

    assert len(asked) >= 6
    assert all("A-31" in found[one.name]["blocked_by"] for one in asked if one.has_zone)


# ------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("path", "old", "new", "told"),
    [
        ("observations/export-001.csv", ",198.18.0.", ",a,198.18.0.", "cells where the header has"),
        ("observations/export-001.csv", "machine", "robot", "row 2, column origin"),
        ("observations/export-001.csv", "O0000001", "O0000000", "row 3, column observation_id"),
        ("observations/export-001.csv", "subject,", "person,", "columns missing: subject"),
        ("profiles/requests.csv", "2026-02-15T01:30:00Z", "soon", "column asked_at"),
        ("profiles/ground.csv", ",yes,yes,same", ",aye,yes,same", "column unit_found"),
        ("profiles/allocation.csv", "fixed_cgnat", "shared", "198.19.224.0/20: unknown kind"),
        ("profiles/lists/vpn.csv", "192.0.2.3/32", "192.0.2/33", "row 5"),
        ("profiles/time_profiles.csv", "iso", "american", "row 2, column order"),
        ("profiles/case.json", "as_of", "as_off", "as_of is no time"),
        ("profiles/isps.csv", "MAYIL", "MAYEL", "'MAYIL' is no ISP of isps.csv"),
    ],
)  # fmt: skip
def test_bad_input_names_its_place_and_prints_nothing(
    world: Path, path: str, old: str, new: str, told: str
) -> None:
    changed(world / path, old, new)
    words = ["--observations", world / "observations", "--answers", world / "answers", "--profiles"]
    for workers in ("1", "2") if path.startswith("profiles/g") else ("1",):
        result = CliRunner().invoke(
            app, ["attribute", *map(str, words), str(world / "profiles"), "--json", "--workers", workers]
        )
        assert isinstance(result.exception, ReaderError)
        assert told in str(result.exception)
        assert not result.stdout


def test_missing_files_and_files_nobody_can_read_are_told(world: Path) -> None:
    with pytest.raises(ReaderError, match="no such file or folder"):
        list(run_folder(world / "nowhere", world / "answers", world / "profiles"))
    (world / "answers" / "NEELA" / "letter.txt").write_text("We shall answer soon.")
    with pytest.raises(ReaderError, match="no reader knows this file"):
        lines(world)


# ------------------------------------------------------------ fast rows mean what the readers mean


def _rows(answer: PackedAnswer) -> list[tuple[Any, ...]]:
    """Every row of an answer as the readers' fields, by shelf and place."""
    found = []
    for shelf in answer._shelves:
        for at in range(len(shelf.form)):
            one = answer._whole(shelf, at)
            row = one.row
            found.append(
                (
                    shelf.length, row.customer_ref, row.address, row.port_low, row.port_high, row.start, row.end,
                    row.static, row.inner, row.locator, one.first, one.last, one.inner, one.file,
                )
            )  # fmt: skip
    return found


def _both(file: ReceivedFile) -> tuple[PackedAnswer, PackedAnswer]:
    """A file scanned, and a file read by its reader and packed row by row."""
    fast, slow = Packing("ISP"), Packing("ISP")
    for packing in (fast, slow):
        packing.begin_file("a" * 64)
    reading = formats.read_one(file, "provider")
    assert scanned(file, reading.format.name, fast) == len(reading.warnings)
    for row in reading.records:
        slow.add(row)
    return fast.done(), slow.done()


def same(file: ReceivedFile) -> None:
    fast, slow = _both(file)
    assert _rows(fast) == _rows(slow)
    assert (fast.rows, fast.unreadable, fast._starts) == (slow.rows, slow.unreadable, slow._starts)


def test_every_row_of_the_samples_is_scanned_as_it_is_read() -> None:
    for name in ("dot_ipdr_2013/ipdr-001.csv", "dot_nat_2013/nat-001.csv"):
        same(ReceivedFile(name, (SAMPLES / name).read_bytes()))
    sample = SAMPLES / "lease_profiled" / "sessions.csv"
    profile = profile_at(Path(f"{sample}.profile.json"))
    file = ReceivedFile(sample.name, sample.read_bytes(), (profile,))
    fast, slow = Packing("ISP"), Packing("ISP")
    for packing in (fast, slow):
        packing.begin_file("a" * 64)
    if scanned(file, "lease_profiled", fast) is not None:
        for row in formats.read_one(file, "provider").records:
            slow.add(row)
        assert _rows(fast.done()) == _rows(slow.done())


ODD_DAYS = (
    "20/01/2026",
    "01/20/2026",
    "3/1/2026",
    "20-01-2026",
    " 20/01/2026 ",
    "31/02/2026",
    "",
    "soon",
    "20/01/0001",
)
ODD_CLOCKS = ("10:00:05", "9:00:05", "10:00", "24:00:00", "23:59:59", " 10:00:05", "", "noon")
ODD_PORTS = ("", "1024", "1024-2047", "70000", "2047-1024", "x", " 1024 ")
ODD_ADDRESSES = ("198.18.0.9", " 198.18.0.9", "198.18.0.009", "2001:db8:1:ab00::/56", "2001:DB8::1", "2001:db8::/80",
                 "2001:db8::5:0:0/80", "::ffff:198.18.0.9", "198.18.0.0/24", "nowhere", "")  # fmt: skip


def _ipdr_rows() -> Iterable[list[str]]:
    for at in range(400):
        start, end = (ODD_DAYS[at % 9], ODD_CLOCKS[at % 8]), (ODD_DAYS[at // 9 % 9], ODD_CLOCKS[at // 8 % 8])
        if at % 3 == 0:
            start, end = (ODD_DAYS[0], ODD_CLOCKS[0]), (ODD_DAYS[0], ODD_CLOCKS[4])
        yield [
            f'"Holder, {at}"', "", "", "", "", "", ("C-1", "C-2", "", " C-3 ")[at % 4], ODD_ADDRESSES[at % 11],
            ("Static", "dynamic", "", "odd")[at % 4], ODD_PORTS[at % 7], start[1], end[1], start[0], end[0], "",
        ]  # fmt: skip


def _nat_rows() -> Iterable[list[str]]:
    days = ("01:20:2026", "20:01:2026", "1:20:2026", "01/20/2026", "")
    for at in range(300):
        times = [
            f"{days[at % 5]} {ODD_CLOCKS[at % 8]}",
            f"{days[at // 5 % 5]}{' ' * (at % 3)}{ODD_CLOCKS[at // 8 % 8]}",
        ]
        if at % 3 == 0:
            times = ["01:20:2026 10:00:05", ("01:20:2026 23:59:59", "")[at % 2]]
        yield [
            *times, ("100.64.0.7", "", "inside", "0.0.0.0")[at % 4], "4", ODD_ADDRESSES[at % 11], ODD_PORTS[at % 7],
            ("2047", "")[at % 2], "", "", ("C-1", "C-2", "")[at % 3],
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "rows", "delimiter"),
    [
        (dot_ipdr_2013.COLUMNS, _ipdr_rows, ","),
        (dot_nat_2013.COLUMNS, _nat_rows, ","),
        (("Account", "Prefix", "From", "To"), lambda: _own_rows(), ";"),
    ],
)  # fmt: skip
def test_odd_rows_are_scanned_as_they_are_read(
    columns: tuple[str, ...], rows: Callable[[], Iterable[list[str]]], delimiter: str
) -> None:
    text = "\n".join(
        delimiter.join(row) for row in (list(columns), *rows(), ["too", "few"], ['"open', "quote"])
    )
    same(ReceivedFile("answer.csv", text.encode(), (own_profile(),)))
    same(ReceivedFile("answer.csv", b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), (own_profile(),)))


def _own_rows() -> Iterable[list[str]]:
    moments = (
        "2026-01-20 10:00:05", "2026-01-20T10:00:05", "2026-01-20 10:00:05Z", "2026-01-20 10:00:05+05:30",
        "2026-01-20 10:00:05 PM", "2026-01-20 10:00", "2026-01-20", "20/01/2026 10:00:05", "1969-01-20 10:00:05",
        "2026-01-20 10:00:05 IST", "2026-13-20 10:00:05", "20 Jan 2026 10:00:05", "Tue 2026-01-20 10:00:05", "",
        "2026-01-20 24:00:00", "2026-01-20 00:00:00",
    )  # fmt: skip
    for at in range(256):
        yield [("C-1", "", "C-2")[at % 3], ODD_ADDRESSES[at % 11], moments[at % 16], moments[at // 16]]
    yield ["", "", "", ""]


# ------------------------------------------------------------ times


def profiles(tmp_path: Path, *rows: str) -> TimeProfiles:
    path = tmp_path / "time_profiles.csv"
    header = "name,order,clock,zone,valid_from,valid_to,confirmed_by,confirmed_on"
    path.write_text("\n".join([header, *rows]) + "\n")
    return TimeProfiles(rows_of(path))


def read(
    tmp_path: Path, text: str, *, order: str, zone: str, clock: str = "24h", rest: str = ",,K-9,2025-06-01"
) -> ReadTime:
    return profiles(tmp_path, f"p,{order},{clock},{zone},{rest}").read(text, "p")


def test_a_zone_with_summer_time_has_an_hour_twice_and_an_hour_never(tmp_path: Path) -> None:
    once = read(tmp_path, "2026-01-20 10:00:05", order="iso", zone="Europe/London")
    twice = read(tmp_path, "2025-10-26 01:30:00", order="iso", zone="Europe/London")
    never = read(tmp_path, "2026-03-29 01:30:00", order="iso", zone="Europe/London")

    assert (once.time.utc, once.zone, once.other_utc) == (
        datetime(2026, 1, 20, 10, 0, 5, tzinfo=UTC),
        "Europe/London",
        (),
    )
    assert (twice.time.utc, twice.time.offset_minutes) == (datetime(2025, 10, 26, 0, 30, tzinfo=UTC), 60)
    assert twice.other_utc == (datetime(2025, 10, 26, 1, 30, tzinfo=UTC),)
    assert (never.time.utc, never.time.offset_source) == (None, OffsetSource.NONE)
    assert read(tmp_path, "2026-01-20 10:00:05", order="iso", zone="Asia/Kolkata").zone == ""
    explicit = read(tmp_path, "2025-10-26T01:30:00+01:00", order="iso", zone="Europe/London")
    assert (explicit.time.offset_source, explicit.other_utc) == (OffsetSource.IN_VALUE, ())


def test_order_clock_and_zone_are_the_profiles_and_only_when_confirmed_and_valid(tmp_path: Path) -> None:
    day_first = read(tmp_path, "03/01/2026 10:00:05 PM", order="dmy", zone="+05:30", clock="12h")
    assert day_first.time.utc == datetime(2026, 1, 3, 16, 30, 5, tzinfo=UTC)
    assert read(tmp_path, "03/01/2026 10:00:05", order="dmy", zone="+05:30", clock="12h").time.utc is None
    assert read(tmp_path, "2026-01-03T10:00:05", order="iso", zone="value").time.utc is None
    hour = read(tmp_path, "2026-01-03T10+05:30", order="iso", zone="value").time
    assert (hour.utc, hour.precision) == (datetime(2026, 1, 3, 4, 30, tzinfo=UTC), Precision.HOUR)
    guessed = read(tmp_path, "2026-01-03T10:00:05", order="iso", zone="+05:30", rest=",,,")
    assert guessed.time.offset_source is OffsetSource.ASSUMED
    late = read(
        tmp_path, "2026-01-03T10:00:05", order="iso", zone="+05:30", rest="2026-02-01,,K-9,2025-06-01"
    )
    assert late.time.utc is None
    assert profiles(tmp_path).read("2026-01-03T10:00:05Z", "unknown").time.utc is not None
    assert profiles(tmp_path).read("03/01/2026 10:00:05", "unknown").time.utc is None


def test_two_profiles_that_read_a_day_differently_settle_nothing(tmp_path: Path) -> None:
    both = profiles(tmp_path, "p,dmy,24h,+05:30,,,K-9,2025-06-01", "p,mdy,24h,+05:30,,,K-9,2025-06-01")

    assert both.read("03/01/2026 10:00:05", "p").time.utc is None
    assert both.read("25/01/2026 10:00:05", "p").time.utc is not None


def test_midnight_is_what_the_clock_says(tmp_path: Path) -> None:
    assert all(map(is_midnight, ("2026-01-03T00:00:00Z", "03/01/2026 12:00:00 AM", "2026-01-03 00:00")))
    assert not any(
        map(is_midnight, ("2026-01-03T10:00:00Z", "03/01/2026 12:00:00 PM", "2026-01-03", "x 00:00"))
    )


# ------------------------------------------------------------ tables


def test_rows_are_found_again_whatever_their_quotes_and_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(
        b'\xef\xbb\xbfk,text\r\na,"one\r\ntwo, ""three"""\r\n\r\nb,plain\r\na,again\r\n"b",\xe0\xb4\x95\r\n'
    )
    table = Indexed(path, ("k",), needed=("text",))

    assert [row["text"] for row in table.rows("a")] == ['one\r\ntwo, "three"', "again"]
    assert [row.number for row in table.rows("b")] == [4, 6]
    assert (len(table), table.holds("c"), Indexed(tmp_path / "no.csv", ("k",)).rows("a")) == (4, False, [])
    path.write_bytes(b'k,text\na,"open\nb,c\n')
    with pytest.raises(ReaderError, match="never closes"):
        Indexed(path, ("k",))
    path.write_bytes(b"k,text\na,\xff\n")
    with pytest.raises(ReaderError, match="row 2: not UTF-8"):
        Indexed(path, ("k",))


def test_a_shelf_without_rows_below_64_bits_keeps_no_lower_half() -> None:
    assert len(Shelf(6, 56).low_half) == 0

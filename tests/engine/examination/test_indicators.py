"""Signs carry their row's strength and innocent explanations, are told by names and places, and conclude nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kaval.engine.reference.load import rows
from kaval.engine.rules.examination.cleanup import STRENGTHS, Course, Indicator, RuleBook
from kaval.engine.rules.examination.malware import rule_book, somebody_else_could_operate
from tests.engine.examination.lines import AT, artefact, finding

CLEANUP, MALWARE = RuleBook("cleanup_indicators"), rule_book()


def told(book: RuleBook, line: dict[str, Any]) -> list[tuple[str, str, str]]:
    found = book.on_finding(line) if "state" in line else book.on_artefact(line)
    return [(one.rule, one.how, one.strength) for one in found]


@pytest.mark.parametrize("table", ["cleanup_indicators", "malware_indicators"])
def test_every_row_is_complete_and_explains_itself_innocently(table: str) -> None:
    seen = set()
    for row in rows(table):
        assert row["id"] not in seen
        seen.add(row["id"])
        assert row["innocent"]
        assert row["source"]
        assert row["version"]
        assert row["checked_by"]
        assert set(row["strength"].values()) <= set(STRENGTHS)
        assert row["action"]
        assert any(row.get(way) for way in ("programs", "packages", "kinds", "paths", "autostart"))
        for pattern in row.get("target_paths", ()):
            re.compile(pattern)
        names = [
            *row.get("paths", ()),
            *row.get("programs", ()),
            *row.get("packages", ()),
            *row.get("autostart", ()),
        ]
        assert all(isinstance(name, str) and name == name.lower() for name in names)


@pytest.mark.parametrize("line, expected", [
    (artefact("program.run", program="ERASER.EXE"), ("wiping-program", "run", "medium")),
    (artefact("program.run", program="/Device/Volume1/Tools/sdelete64.exe"), ("wiping-program", "run", "medium")),
    (artefact("install", program="BleachBit"), ("wiping-program", "installed", "weak")),
    (artefact("install", Identifier="org.torproject.torbrowser"), ("anonymity-tool", "installed", "weak")),
    (artefact("log.cleared", event=1102), ("log-cleared", "record", "strong")),
    (artefact("container.possible"), ("container-like-file", "record", "weak")),
    (finding("Users/asha/Downloads/VeraCrypt.exe"), ("encryption-program", "present", "weak")),
    (finding("data/misc/bootstat/factory_reset"), ("android-reset", "file", "medium")),
    (finding("private/var/root/.obliterated"), ("ios-reset", "file", "medium")),
    (finding(".obliterated"), ("ios-reset", "file", "medium")),
])  # fmt: skip
def test_a_trace_is_told_by_name_kind_or_place(line: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert told(CLEANUP, line) == [expected]


@pytest.mark.parametrize("line", [
    artefact("program.run", program="notepad.exe"),
    artefact("browser.numbering", largest_hole=3),
    finding("usr/bin/shred", mime="application/x-elf"),
    finding("Users/asha/Pictures/eraser.png"),
    finding("Users/asha/factory_reset"),
    finding("data/xmisc/bootstat/factory_reset/note"),
])  # fmt: skip
def test_what_is_ordinary_is_no_sign(line: dict[str, Any]) -> None:
    assert told(CLEANUP, line) == []


def test_an_indicator_says_all_that_the_record_needs() -> None:
    (one,) = CLEANUP.on_finding(finding("data/misc/bootstat/factory_reset", source="phone-3"))
    line = one.as_json()
    assert {key: line[key] for key in ("source", "class", "path", "at", "precision_s", "how", "strength")} == {
        "source": "phone-3", "class": "reset", "path": "data/misc/bootstat/factory_reset", "at": AT,
        "precision_s": 1.0, "how": "file", "strength": "medium",
    }  # fmt: skip
    assert line["innocent"]
    assert line["tool"]
    assert line["rule_version"]


def test_malware_is_named_by_persistence_and_the_operating_side_apart() -> None:
    start = artefact("autostart", name="MicroUpdate", target="C:/Users/asha/Documents/MSDCSC/msdcsc.exe")
    assert told(MALWARE, start) == [("darkcomet", "autostart", "strong")]
    assert told(MALWARE, artefact("install", program="DarkComet")) == [
        ("darkcomet-controller", "installed", "medium")
    ]
    assert told(MALWARE, finding("Users/asha/AppData/Roaming/dclogs/2026-01-18-1.dc")) == [
        ("darkcomet", "file", "medium")
    ]
    odd = artefact("autostart", name="x", target="C:/Users/asha/AppData/Local/Temp/x.exe")
    assert told(MALWARE, odd) == [("start-from-temporary-folder", "record", "medium")]
    assert told(MALWARE, artefact("autostart", name="x", target="C:/Program Files/X/x.exe")) == []
    helped = [
        *MALWARE.on_artefact(artefact("program.run", program="AnyDesk.exe")),
        *MALWARE.on_artefact(start),
    ]
    assert [one["rule"] for one in somebody_else_could_operate(helped)] == ["darkcomet", "remote-help"]


def course(*lines: dict[str, Any]) -> list[Indicator]:
    kept = Course("phone")
    for line in lines:
        (kept.add_finding if "state" in line else kept.add_artefact)(line)
    return [one for line in kept.lines() for one in CLEANUP.on_artefact(line)]


def visit(day: int) -> dict[str, Any]:
    return artefact("browser.visit", at=f"2026-01-{day:02d}T06:30:00Z", host="example.org")


def test_quiet_days_count_only_while_the_device_was_in_use() -> None:
    used = [finding(f"Users/asha/Documents/{day}.txt", times={"modified": f"2026-01-{day:02d}T08:00:00Z"})
            for day in (5, 6, 8)]  # fmt: skip
    assert course(visit(1), visit(20)) == []
    (gap,) = course(visit(20), *used, visit(1))
    assert (gap.rule, gap.at, gap.precision_s) == ("quiet-days", "2026-01-02", 18 * 86_400.0)
    assert course(visit(1), *used, visit(7), visit(8)) == []


def test_an_application_that_was_used_and_is_gone_is_a_sign_only_beside_a_list_of_the_installed() -> None:
    used = artefact("app.used", package="com.example.gone")
    assert course(used) == []
    (gone,) = course(used, artefact("install", package="com.example.notes"))
    assert (gone.rule, gone.program, gone.at) == ("used-but-gone", "com.example.gone", AT)
    assert course(used, artefact("install", package="com.example.gone")) == []

"""What follows from a run is written from its files alone, the same every time, and bounded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kaval.lab import conclude as concluding
from kaval.lab.conclude import conclude
from kaval.lab.writing import json_line
from tests.engine.examination.lines import AT, artefact, finding

WRITTEN = ("facts.json", "indicators.jsonl", "chats.jsonl", "links.jsonl", "order.jsonl", "groups.jsonl")


def run(
    out: Path, findings: list[Any], artefacts: list[Any], warnings: list[Any] | None = None
) -> dict[str, Any]:
    out.mkdir(exist_ok=True)
    for name, lines in (("findings", findings), ("artefacts", artefacts), ("warnings", warnings or [])):
        (out / f"{name}.jsonl").write_bytes(b"".join(map(json_line, lines)))
    (out / "summary.json").write_text(json.dumps({"examined_at": AT}))
    conclude(out)
    facts: dict[str, Any] = json.loads((out / "facts.json").read_bytes())
    return facts


def signs(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "indicators.jsonl").read_bytes().splitlines()]


LINK = "Users/asha/AppData/Roaming/Microsoft/Windows/Recent/p.lnk"


def test_a_run_is_concluded_the_same_way_twice(tmp_path: Path) -> None:
    findings = [
        finding("Users/asha/Downloads/p.png", match={}, source="laptop"),
        finding(LINK, source="laptop", mime="application/octet-stream"),
        finding("data/misc/bootstat/factory_reset", source="phone", mime="inode/x-empty"),
    ]
    artefacts = [
        artefact(
            "file.opened", source="laptop", path=LINK, at=None, target="C:\\Users\\asha\\Downloads\\p.png"
        ),
        artefact("program.run", source="laptop", program="AnyDesk.exe"),
        artefact("account", source="laptop", service="windows", name="asha"),
    ]
    warnings = [{"source": "disk", "place": "volume 2", "code": "volume-encrypted", "text": "", "mend": ""}]
    document = run(tmp_path / "a", findings, artefacts, warnings)
    assert run(tmp_path / "b", findings, artefacts, warnings) == document
    for name in WRITTEN:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    laptop, phone = document["devices"]
    by_name = {one["fact"]: one for one in laptop["facts"]}
    assert (laptop["source"], phone["source"]) == ("laptop", "phone")
    assert (by_name["opened"]["value"], by_name["opened"]["detail"]["last"]) == ("yes", AT)
    assert "F-USER-OTHERS" in [one["code"] for one in by_name["user_attribution"]["reasons"]]
    assert [(one["source"], one["rule"]) for one in signs(tmp_path / "a")] == [
        ("disk", "encrypted-container"), ("laptop", "remote-help"), ("phone", "android-reset"),
    ]  # fmt: skip


def test_signs_of_one_sort_are_bounded_and_the_rest_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(concluding, "MOST_OF_ONE_SORT", 3)
    runs = [artefact("program.run", program="eraser.exe") for _ in range(5)]
    document = run(tmp_path / "a", [finding("a.png")], runs)
    assert len(signs(tmp_path / "a")) == 3
    assert document["left_out"] == [{"source": "phone", "rule": "wiping-program", "how": "run", "count": 2}]

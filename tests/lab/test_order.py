"""Every unknown file has a place with its reasons; what looks alike is seen once; the same run gives the same bytes."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.rules.examination.order import order_rules
from kaval.lab.order import order
from kaval.lab.order.grouping import group
from kaval.lab.order.media import Survey
from tests.lab.results import finding, match, write_result

Line = dict[str, Any]


def plain(path: str, pdq: str | None = None, **more: Any) -> Line:
    """A picture without a camera, known by nothing; its PDQ value is its own unless given."""
    picture = {"width": 1600, "height": 1200, "frames": 1}
    own = pdq or sha256(path.encode()).hexdigest()
    line = finding(path, path.encode(), pdq=own, picture=picture, times={"modified": None})
    return line | more


def shot(path: str, *, model: str = "One", at: str = "2026:02:01 15:00:00", **more: Any) -> Line:
    """A picture as a camera leaves it."""
    picture = {
        "width": 4000,
        "height": 3000,
        "frames": 1,
        "camera_make": "Example",
        "camera_model": model,
        "taken_at": at,
    }
    return plain(path) | {"picture": picture | more.pop("picture", {})} | more


def ordered(folder: Path, lines: list[Line], artefacts: list[Line] | None = None) -> dict[str, list[Line]]:
    """What the order of a run with these findings says, by kind; groups under `group`."""
    write_result(folder, lines)
    if artefacts is not None:
        (folder / "artefacts.jsonl").write_text("".join(json.dumps(one) + "\n" for one in artefacts))
    order(folder)
    told: dict[str, list[Line]] = {"rules": [], "device": [], "file": []}
    for line in (folder / "order.jsonl").read_text().splitlines():
        told[json.loads(line)["kind"]].append(json.loads(line))
    told["group"] = [json.loads(line) for line in (folder / "groups.jsonl").read_text().splitlines()]
    return told


def codes(line: Line) -> set[str]:
    return {reason["code"] for reason in line["reasons"]}


def test_what_the_owner_made_comes_before_what_was_passed_on(tmp_path: Path) -> None:
    own = [shot(f"DCIM/100/pattern-{number}.jpg", at=f"2026:02:01 15:0{number}:00") for number in range(6)]
    lines = [
        plain("Android/data/app/cache/x/tile.png"),
        plain("Downloads/pattern.jpg"),
        *own,
        shot("b/o.jpg", model="Two"),
    ]
    told = ordered(tmp_path, lines)
    first, *_, last = told["file"]
    assert first["path"].startswith("DCIM/")
    assert {"file_own_camera", "file_camera_original", "file_recent", "file_series"} <= codes(first)
    assert last["path"] == "Android/data/app/cache/x/tile.png"
    assert "file_passive" in codes(last)
    assert {"camera", "time", "sent"} <= set(last["missing"])
    assert [line["rank"] for line in told["file"]] == list(range(1, 10))
    other = next(line for line in told["file"] if line["path"] == "b/o.jpg")
    assert "file_own_camera" not in codes(other)
    assert other["score"] == sum(reason["points"] for reason in other["reasons"])


def test_known_files_are_not_ordered_but_speak_for_their_neighbours(tmp_path: Path) -> None:
    graded = plain("a/known.jpg", matches=[match()])
    silent = plain("a/silent.jpg", matches=[match(None)])
    beside, elsewhere = plain("a/beside.jpg"), plain("b/elsewhere.jpg")
    near = plain("c/near.jpg", matches=[match(algorithm="pdq", distance=9)])
    told = ordered(tmp_path, [graded, silent, beside, elsewhere, near])
    by_path = {line["path"]: line for line in told["file"]}
    assert set(by_path) == {"a/beside.jpg", "b/elsewhere.jpg", "c/near.jpg"}
    assert "file_beside_graded" in codes(by_path["a/beside.jpg"])
    assert "file_beside_graded" not in codes(by_path["c/near.jpg"])
    assert {"file_like_graded"} <= codes(by_path["c/near.jpg"])
    assert "file_novel" in codes(by_path["b/elsewhere.jpg"]) - codes(by_path["c/near.jpg"])
    (device,) = told["device"]
    assert (device["files"], device["unknown"], device["graded"]) == (5, 3, 2)


def test_the_device_whose_camera_made_graded_files_is_first(tmp_path: Path) -> None:
    maker = [shot(f"DCIM/p{number}.jpg", source="b.img") for number in range(4)]
    maker[0]["matches"] = [match()]
    holder = [plain(f"x/{number}.jpg", source="a.img", matches=[match()]) for number in range(60)]
    told = ordered(tmp_path, [*holder, *maker])
    assert [line["source"] for line in told["device"]] == ["b.img", "a.img"]
    assert "device_made_graded" in codes(told["device"][0])
    assert "own_camera" in told["device"][1]["missing"]
    # Another camera file of the same camera says so, wherever it lies.
    assert "file_camera_of_graded" in codes(told["file"][0])


def test_what_a_message_carried_out_is_said_and_otherwise_it_is_missing(tmp_path: Path) -> None:
    lines = [plain("a/one.jpg"), plain("a/two.jpg"), plain("a/three.jpg", source="other.img")]
    facts = {"direction": "sent", "sha256": lines[1]["sha256"]}
    said = {
        "source": "phone.img",
        "path": "msg.db",
        "kind": "chat.attachment",
        "place": "1",
        "at": None,
        "facts": facts,
    }
    told = ordered(tmp_path, lines, [said])
    by_path = {line["path"]: line for line in told["file"]}
    assert told["file"][0]["path"] == "a/two.jpg"
    assert "file_sent" in codes(told["file"][0])
    assert "sent" not in by_path["a/one.jpg"]["missing"]
    assert "sent" in by_path["a/three.jpg"]["missing"]


def flipped(value: str, bits: int) -> str:
    return f"{int(value, 16) ^ ((1 << bits) - 1):064x}"


def test_groups_by_likeness_camera_place_session_and_folder(tmp_path: Path) -> None:
    value = sha256(b"one").hexdigest()
    lines = [
        shot("a/1.jpg", pdq=value, picture={"place": [10.0001, 76.3001]}),
        shot(
            "b/2.jpg", pdq=flipped(value, 31), at="2026:02:01 15:40:00", picture={"place": [10.0009, 76.3009]}
        ),
        plain("a/3.jpg", pdq=flipped(value, 32)),
        plain("a/4.jpg", pdq=value, matches=[match()]),
        plain("c/5.jpg", pdq=value, pdq_quality=10),
        shot("d/6.jpg", at="2026:02:01 17:00:00", picture={"place": None}),
    ]
    told = ordered(tmp_path, lines)
    members = {(line["by"], tuple(line["lines"])): line for line in told["group"]}
    # The third is near the second, not near the first of the group; the flat one is compared with nothing.
    assert set(members) == {
        ("like", (1, 2, 4)),
        ("camera", (1, 2, 6)),
        ("place", (1, 2)),
        ("time", (1, 2)),
        ("path", (1, 3, 4)),
    }
    like = members["like", (1, 2, 4)]
    assert (like["files"], like["unknown"], like["graded"]) == (3, 2, 1)
    assert like["paths"][0] == ["phone.img", "a/1.jpg"]
    files = {line["path"]: line for line in told["file"]}
    assert files["a/1.jpg"]["groups"] == {
        kind: f"{kind}-1" for kind in ("like", "camera", "place", "time", "path")
    }
    assert sorted(files[path]["first_of_like"] for path in ("a/1.jpg", "b/2.jpg")) == [False, True]
    assert "file_like_graded" in codes(files["b/2.jpg"])


def test_a_clip_is_like_the_video_it_was_cut_from(tmp_path: Path) -> None:
    frames = [sha256(str(number).encode()).hexdigest() for number in range(30)]

    def video(path: str, held: list[str]) -> Line:
        vpdq = [f"{value},90,{second}.0" for second, value in enumerate(held)]
        facts = {"width": 640, "height": 480, "duration_s": float(len(held))}
        return plain(path, mime="video/mp4", picture=None, video=facts, vpdq=vpdq) | {
            "pdq": None,
            "pdq_quality": None,
        }

    clip = [flipped(value, 20) for value in frames[5:14]] + [sha256(b"end").hexdigest()]
    told = ordered(
        tmp_path, [video("a", frames), video("b", clip), video("c", clip[-1:] + frames[:3]), plain("d")]
    )
    assert [line["lines"] for line in told["group"] if line["by"] == "like"] == [[1, 2]]


def test_the_same_run_gives_the_same_bytes_and_no_media_gives_an_order_all_the_same(tmp_path: Path) -> None:
    lines = [shot(f"DCIM/{number % 7}/p{number}.jpg") for number in range(60)]
    for name in ("a", "b"):
        ordered(tmp_path / name, lines)
    for name in ("order.jsonl", "groups.jsonl"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    told = ordered(
        tmp_path / "c", [plain("notes.txt", mime=None, picture=None, pdq_quality=None) | {"pdq": None}]
    )
    assert (len(told["file"]), len(told["device"]), told["group"]) == (0, 1, [])
    sentences = told["rules"][0]["sentences"]
    assert all(one["source"] and one["text_ml"] for one in sentences.values())


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 40), max_size=30))
def test_alike_means_near_the_first_of_the_group_and_no_earlier_group(rulers: list[int]) -> None:
    """Values on a line, so that chains come about: each joins the first earlier leader within the distance."""
    survey = Survey(order_rules(np.datetime64("2026-03-02").astype(object)))
    lines = [plain(f"p{number}", pdq=f"{(1 << (6 * ruler)) - 1:064x}") for number, ruler in enumerate(rulers)]
    survey.findings([json.dumps(line).encode() + b"\n" for line in lines])
    leaders: list[int] = []
    expected = []
    for ruler in rulers:
        near = [leader for leader in leaders if 6 * abs(leader - ruler) <= 31]
        if not near:
            leaders.append(ruler)
        expected.append(near[0] if near else ruler)
    of_row = group(survey)["like"].of_row.tolist()
    for row, leader in enumerate(expected):
        same = [other for other in range(len(rulers)) if expected[other] == leader]
        told = [other for other in range(len(rulers)) if of_row[row] >= 0 and of_row[other] == of_row[row]]
        assert told == (same if len(same) > 1 else [])


def test_a_run_without_a_summary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        order(tmp_path)

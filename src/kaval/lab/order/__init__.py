"""What people look at first: unknown pictures and videos in groups, files and devices in order, each with its reasons.

Reads a finished run's folder and writes, decided by its contents alone:

    groups.jsonl  {group, by, what, files, unknown, graded, lines, paths}: `by` like | camera | place | time | path,
                  `lines` the members' numbers in findings.jsonl (from 1), `paths` the first few as [source, path]
    order.jsonl   first {kind: rules, version, examined_at, limits, sentences: {code: {text, text_ml, points, source}}};
                  then {kind: device, rank, source, score, reasons, missing, files, unknown, graded}, most urgent first;
                  then {kind: file, rank, source, path, line, state, score, reasons, missing, groups, first_of_like}

Ordered files are the pictures and videos whose bytes no list holds. `first_of_like`: the first in this order among
files that look alike; whoever has seen it need not open the others. The order says where to look, nothing about guilt.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from kaval.engine.kernel.instant import IST
from kaval.engine.kernel.reason import Score
from kaval.engine.rules.examination.order import (
    SENTENCES,
    OrderRules,
    assess_device,
    order_rules,
    order_sources,
)
from kaval.lab.order.grouping import Groups, group
from kaval.lab.order.media import GRADED, UNKNOWN, Survey, lines_at
from kaval.lab.order.ranking import Ranking
from kaval.lab.writing import WholeFile, json_line

__all__ = ["order"]
PATHS = 5  # paths shown of a group


def order(out: Path) -> None:
    """Write `groups.jsonl` and `order.jsonl` into the folder of a finished run.

    Raises:
        OSError: the findings or the summary are not there, or the folder cannot be written to.
        ConfigurationError: there are PDQ values, and numba (extra `lab`) is not installed.
    """
    summary = orjson.loads((out / "summary.json").read_bytes())
    examined_at = datetime.fromisoformat(summary["examined_at"])
    day = examined_at.astimezone(IST).date()
    survey = Survey(order_rules(day))
    with (out / "findings.jsonl").open("rb") as file:
        survey.findings(file)
    artefacts = out / "artefacts.jsonl"
    if artefacts.exists():
        with artefacts.open("rb") as file:
            survey.artefacts(file)
    groups = group(survey)
    with WholeFile(out / "groups.jsonl") as written:
        for line in _group_lines(survey, groups, out / "findings.jsonl"):
            written.write(json_line(line))
    ranking = Ranking(survey, groups, findings=out / "findings.jsonl", examined_at=examined_at)
    with WholeFile(out / "order.jsonl") as written:
        written.write(json_line(_rules_line(survey.rules, summary["examined_at"], order_sources(day))))
        for line in _device_lines(survey, ranking):
            written.write(json_line(line))
        for line in ranking.lines():
            written.write(json_line(line))


def _rules_line(rules: OrderRules, examined_at: str, sources: dict[str, str]) -> dict[str, Any]:
    said = {
        code: {"text": english, "text_ml": malayalam, "points": rules[code], "source": sources[code]}
        for code, (english, malayalam) in sorted(SENTENCES.items())
    }
    limits = {id: value for id, value in sorted(rules.numbers.items()) if id not in SENTENCES}
    return {
        "kind": "rules",
        "version": rules.version,
        "examined_at": examined_at,
        "limits": limits,
        "sentences": said,
    }


def _group_lines(survey: Survey, groups: dict[str, Groups], findings: Path) -> Iterator[dict[str, Any]]:
    media = survey.media
    lines, offsets = np.array(media.line, np.int64), np.array(media.offset, np.int64)
    standing = np.frombuffer(bytes(media.standing), np.uint8)
    for kind, held in groups.items():
        for number, rows in held.members():
            shown = lines_at(findings, iter(offsets[rows[:PATHS]].tolist()))
            yield {
                "group": f"{kind}-{number + 1}",
                "by": kind,
                "what": _what(survey, kind, rows),
                "files": len(rows),
                "unknown": int((standing[rows] == UNKNOWN).sum()),
                "graded": int((standing[rows] == GRADED).sum()),
                "lines": lines[rows].tolist(),
                "paths": [[line["source"], line["path"]] for line in shown],
            }


def _what(survey: Survey, kind: str, rows: np.ndarray[Any, np.dtype[np.int64]]) -> dict[str, Any]:
    """What the files of a group have in common."""
    media, first = survey.media, int(rows[0])
    if kind == "like":
        return {"distance": int(survey.rules["like_distance"]), "to_line": media.line[first]}
    if kind == "camera":
        make, model, serial = survey.cameras[media.camera[first]]
        return {"make": make or None, "model": model, "serial": serial or None}
    if kind == "place":
        latitude, longitude = survey.cells[media.cell[first]]
        return {"south": latitude, "west": longitude, "degrees": survey.rules["place_cell"]}
    if kind == "time":
        wall = np.array([media.wall_s[row] for row in rows.tolist()])
        ends = (str(np.datetime64(int(end), "s")) for end in (wall.min(), wall.max()))
        basis = "taken" if media.basis[first] == 1 else "modified"
        return {
            "source": survey.sources[media.source[first]],
            "basis": basis,
            **dict(zip(("from", "to"), ends, strict=True)),
        }
    source, folder = survey.folders[media.folder[first]]
    return {"source": source, "folder": folder}


def _device_lines(survey: Survey, ranking: Ranking) -> Iterator[dict[str, Any]]:
    scored: list[tuple[Score, str]] = [
        (assess_device(facts, survey.rules), source) for source, facts in ranking.devices()
    ]
    scored.sort(key=lambda one: (-one[0].value, one[1]))
    unknown = ranking.unknown_by_source()
    for rank, (score, source) in enumerate(scored, 1):
        yield {
            "kind": "device",
            "rank": rank,
            "source": source,
            "score": score.value,
            "reasons": [
                {"code": one.code, "points": one.weight, "text": one.text, "text_ml": one.text_ml}
                for one in score.reasons
            ],
            "missing": list(score.missing),
            "files": survey.evidence[source].files,
            "unknown": unknown.get(source, 0),
            "graded": survey.evidence[source].graded,
        }

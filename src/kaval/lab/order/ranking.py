"""The places of files and devices in the order: facts put together, weighed by the rule, sorted, line by line."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from kaval.engine.kernel.reason import Score
from kaval.engine.rules.examination.cameras import own_cameras
from kaval.engine.rules.examination.evidence import is_graded, place_of
from kaval.engine.rules.examination.order import DeviceFacts, FileFacts, assess_file
from kaval.lab.order.grouping import Groups
from kaval.lab.order.media import GRADED, UNKNOWN, Line, Survey, lines_at

_DAY_S = 86400.0


class Ranking:
    """Scores of all unknown files of a run, held as numbers; reasons are worked out again when a line is written."""

    def __init__(
        self, survey: Survey, groups: dict[str, Groups], *, findings: Path, examined_at: datetime
    ) -> None:
        self._survey, self._findings = survey, findings
        self._examined_s = examined_at.timestamp()
        self._groups = groups
        self._within_group = 2 * int(survey.rules["like_distance"])  # by way of the group's first file
        self._own = {source: own_cameras(evidence) for source, evidence in survey.evidence.items()}
        standing = np.frombuffer(bytes(survey.media.standing), np.uint8)
        self._near = self._graded_alike(standing)
        self._originals = self._by_session()
        self._rows = np.flatnonzero(standing == UNKNOWN)
        self._recent: Counter[str] = Counter()
        self._of_own: Counter[str] = Counter()
        scores = array("d")
        for row, line in zip(self._rows.tolist(), self._lines_of(self._rows), strict=True):
            facts = self._facts(row, line)
            self._count(line["source"], facts)
            scores.append(assess_file(facts, survey.rules).value)
        # The highest first; among equals the order of the findings.
        self._scores = np.array(scores, np.float64)
        self._order = np.argsort(-self._scores, kind="stable")

    def devices(self) -> Iterator[tuple[str, DeviceFacts]]:
        """Each source with its counts."""
        for source, evidence in sorted(self._survey.evidence.items()):
            own = self._own[source]
            yield (
                source,
                DeviceFacts(
                    made_graded=sum(evidence.graded_cameras[camera] for camera in own) if own else None,
                    own_unknown=self._of_own[source] if own else None,
                    recent_unknown=self._recent[source],
                    graded=evidence.graded,
                    sent=evidence.trace("sent").count if source in self._survey.chats_read else None,
                ),
            )

    def unknown_by_source(self) -> Counter[str]:
        """How many ordered files each source has."""
        sources = np.array(self._survey.media.source, np.int64)[self._rows]
        counts = np.bincount(sources, minlength=len(self._survey.sources)).tolist()
        return Counter(dict(zip(self._survey.sources, counts, strict=True)))

    def lines(self) -> Iterator[dict[str, Any]]:
        """The ordered files, most urgent first."""
        seen: set[int] = set()
        rows = self._rows[self._order]
        for rank, (row, line) in enumerate(zip(rows.tolist(), self._lines_of(rows), strict=True), 1):
            like = int(self._groups["like"].of_row[row])
            score = assess_file(self._facts(row, line), self._survey.rules)
            yield {
                "kind": "file",
                "rank": rank,
                "source": line["source"],
                "path": line["path"],
                "line": self._survey.media.line[row],
                "state": line["state"],
                **_said(score),
                "groups": {
                    kind: f"{kind}-{held.of_row[row] + 1}"
                    for kind, held in self._groups.items()
                    if held.of_row[row] >= 0
                },
                "first_of_like": like < 0 or like not in seen,
            }
            seen.add(like)

    def _lines_of(self, rows: np.ndarray[Any, np.dtype[np.int64]]) -> Iterator[Line]:
        offsets = self._survey.media.offset
        return lines_at(self._findings, (offsets[row] for row in rows.tolist()))

    def _graded_alike(
        self, standing: np.ndarray[Any, np.dtype[np.uint8]]
    ) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """For each row: its group of files that look alike holds one that equals a graded entry."""
        of_row = self._groups["like"].of_row
        graded = np.unique(of_row[(standing == GRADED) & (of_row >= 0)])
        return np.isin(of_row, graded)

    def _by_session(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """For each row: how many camera originals its session has."""
        of_row = self._groups["time"].of_row
        original = np.frombuffer(bytes(self._survey.media.original), np.uint8).astype(bool)
        counts = np.bincount(of_row[original & (of_row >= 0)], minlength=int(of_row.max(initial=-1)) + 1)
        return np.append(counts, 0)[of_row]  # -1, in no session, reads the 0 at the end

    def _facts(self, row: int, line: Line) -> FileFacts:
        survey, media = self._survey, self._survey.media
        facts = line.get("picture") or line.get("video") or {}
        number = media.camera[row]
        camera = survey.cameras[number] if number >= 0 else None
        own = self._own[line["source"]]
        wall = media.wall_s[row]
        graded = [match["distance"] for match in line["matches"] if is_graded(match)]
        sides = [facts[side] for side in ("width", "height") if facts.get(side)]
        return FileFacts(
            camera=camera is not None,
            own_camera=camera in own if camera and own else None,
            graded_camera=camera in survey.graded_cameras,
            software=str(facts.get("software") or ""),
            place_kind=place_of(line["path"], line["state"]),
            removed=line["state"] != "allocated",
            located=media.cell[row] >= 0,
            age_days=None if math.isnan(wall) else (self._examined_s - wall) / _DAY_S,
            near_graded=min(graded) if graded else self._within_group if self._near[row] else None,
            listed_silent=bool(line["matches"]) and not graded,
            beside_graded=survey.graded_in[media.folder[row]] - bool(graded),  # itself is no neighbour
            session_originals=int(self._originals[row]),
            shorter_side=min(sides) if sides else None,
            quality=line.get("pdq_quality"),
            sent=(line["source"], line["sha256"]) in survey.sent
            if line["source"] in survey.chats_read
            else None,
        )

    def _count(self, source: str, facts: FileFacts) -> None:
        self._of_own[source] += facts.own_camera is True
        young = facts.age_days is not None and facts.age_days <= self._survey.rules["recent_days"]
        self._recent[source] += facts.camera and young


def _said(score: Score) -> dict[str, Any]:
    """The Malayalam of a reason stands once, in the first line of the file."""
    return {
        "score": score.value,
        "reasons": [{"code": one.code, "points": one.weight, "text": one.text} for one in score.reasons],
        "missing": list(score.missing),
    }

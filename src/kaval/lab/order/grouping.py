"""Pictures and videos that belong together: alike, of one camera, at one place, in one session, in one folder.

Groups of one kind do not overlap, so that each file has at most one of each kind. *Alike* means: within the distance
of the first file of the group (in the order of the findings), not of each other, so that a chain of small differences
never joins what differs much. A file alone makes no group.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kaval.lab.index.pdq import PdqIndex
from kaval.lab.order.media import CHANGED, TAKEN, Survey

Rows = NDArray[np.int64]
KINDS = ("like", "camera", "place", "time", "path")
_FIRST_BLOCK, _LAST_BLOCK = 16, 8192
_MUCH = 1_000_000  # pairs of one question: beyond this the next question is shorter


@dataclass(frozen=True, slots=True)
class Groups:
    """For one kind: the group of each row of the media, -1 for none; groups are numbered by their first row."""

    kind: str
    of_row: Rows

    def members(self) -> Iterator[tuple[int, Rows]]:
        """Each group's number and its rows, in order."""
        order = np.argsort(self.of_row, kind="stable")
        order = order[self.of_row[order] >= 0]
        edges = np.flatnonzero(np.diff(self.of_row[order], prepend=-1))
        for number, rows in enumerate(np.split(order, edges[1:])):
            if len(rows):
                yield number, rows


def group(survey: Survey) -> dict[str, Groups]:
    """The groups of every kind."""
    media = survey.media
    apart = {
        "like": _alike(survey),
        "camera": np.array(media.camera, np.int64),
        "place": np.array(media.cell, np.int64),
        "time": _sessions(survey),
        "path": np.array(media.folder, np.int64),
    }
    return {kind: Groups(kind, _numbered(keys)) for kind, keys in apart.items()}


def _numbered(keys: Rows) -> Rows:
    """Keys (-1: none) as numbers of groups by their first row; what stands alone is in none."""
    _, first, inverse, counts = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    kept = counts > 1
    if len(keys):
        kept &= keys[first] >= 0
    number = np.full(len(first), -1, np.int64)
    by_first = np.flatnonzero(kept)[np.argsort(first[kept], kind="stable")]
    number[by_first] = np.arange(len(by_first))
    return number[inverse] if len(keys) else keys


def _sessions(survey: Survey) -> Rows:
    """Times of one source and one sort, cut where nothing happens for longer than the gap."""
    media, gap = survey.media, survey.rules["session_gap"] * 60
    wall, basis = np.array(media.wall_s, np.float64), np.frombuffer(bytes(media.basis), np.uint8)
    keys = np.full(len(media), -1, np.int64)
    source = np.array(media.source, np.int64)
    for sort in (TAKEN, CHANGED):
        rows = np.flatnonzero(basis == sort)
        rows = rows[np.lexsort((wall[rows], source[rows]))]
        if len(rows):
            cut = (np.diff(wall[rows]) > gap) | (np.diff(source[rows]) != 0)
            keys[rows] = keys.max(initial=-1) + 1 + np.concatenate([[0], np.cumsum(cut)])
    return keys


def _alike(survey: Survey) -> Rows:
    """Pictures by their PDQ value, videos by the share of their frames; a picture and a video are never one group."""
    media, within = survey.media, int(survey.rules["like_distance"])
    keys = np.full(len(media), -1, np.int64)
    rows = np.flatnonzero(np.frombuffer(bytes(media.has_pdq), np.uint8))
    if len(rows):
        values = np.frombuffer(bytes(media.pdq), np.uint8).reshape(-1, 32)[rows]
        keys[rows] = rows[_first_like(values, within)]
    frame_row = np.array(media.frame_row, np.int64)
    if len(frame_row):
        frames = np.frombuffer(bytes(media.frames), np.uint8).reshape(-1, 32)
        videos, owner = np.unique(frame_row, return_inverse=True)
        share = survey.rules["like_share"]
        keys[videos] = len(media) + videos[_first_video(frames, owner, within=within, share=share)]
    return keys


def _first_like(values: NDArray[np.uint8], within: int) -> Rows:
    """For each value the first one it is like: rows taken in order, each free one takes all free ones near it."""
    # Equal values are asked once: a picture that lies there ten thousand times is one question.
    whole = np.ascontiguousarray(values).view("V32").ravel()
    _, first, inverse = np.unique(whole, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    different = values[first[order]]
    index, leader = PdqIndex.of(different), np.full(len(different), -1, np.int64)
    at, size = 0, _FIRST_BLOCK
    while at < len(different):
        block = at + np.flatnonzero(leader[at : at + 4 * size] < 0)[:size]
        if not len(block):
            at += 4 * size
            continue
        found = index.search(different[block], within=within)
        edges = np.searchsorted(found.query, np.arange(len(block) + 1))
        for number, row in enumerate(block.tolist()):
            if leader[row] < 0:
                near = found.entry[edges[number] : edges[number + 1]]
                leader[near[leader[near] < 0]] = row
        at = int(block[-1]) + 1
        size = max(1, size // 4) if len(found) > _MUCH else min(_LAST_BLOCK, size * 2)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return first[order][leader[place[inverse]]]


def _first_video(frames: NDArray[np.uint8], owner: Rows, *, within: int, share: float) -> Rows:
    """For each video the first one it is like: enough frames of the shorter one are near a frame of the other."""
    index = PdqIndex.of(frames)
    begins = np.searchsorted(owner, np.arange(owner[-1] + 2))
    leader = np.full(len(begins) - 1, -1, np.int64)
    for video in range(len(leader)):
        if leader[video] >= 0:
            continue
        leader[video] = video
        mine = frames[begins[video] : begins[video + 1]]
        found = index.search(mine, within=within)
        others = owner[found.entry]
        # Frames of mine with a near one in the other, and frames of the other with a near one in mine.
        of_mine = np.bincount(np.unique(others * len(mine) + found.query) // len(mine), minlength=len(leader))
        of_other = np.bincount(owner[np.unique(found.entry)], minlength=len(leader))
        lengths = np.diff(begins)
        near = np.where(lengths < len(mine), of_other / lengths, of_mine / len(mine)) >= share
        leader[near & (leader < 0)] = video
    return leader

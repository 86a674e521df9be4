"""The board as pieces of page, so that a change sends the pieces it touches and no more."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kaval.engine.kernel.instant import IST
from kaval.station.queries.board import OUT_THERE, STATES, BoardCounts, BoardRow, board_counts
from kaval.station.views.words import Words

SILENT_AFTER: Final = timedelta(minutes=30)
LATE_AFTER: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class TeamCard:
    """A team's stops as pieces of page; `number` 0: sites without a team."""

    number: int
    stops: tuple[SafeString, ...]


@dataclass(frozen=True, slots=True)
class DistrictPanel:
    """A district with its summary and its teams."""

    code: str
    name: str
    summary: SafeString
    teams: tuple[TeamCard, ...]


def panels(
    rows: Sequence[BoardRow], *, say: Words, as_of: datetime, malayalam: bool
) -> tuple[DistrictPanel, ...]:
    """The whole board, district by district; rows must come in the order of `board_rows`."""
    made: list[DistrictPanel] = []
    for code, group in groupby(rows, key=lambda row: row.district_code):
        listed = list(group)
        teams = tuple(
            TeamCard(number, tuple(stop_piece(row, say=say, as_of=as_of) for row in stops))
            for number, stops in groupby(listed, key=lambda row: row.team)
        )
        name = listed[0].district_ml if malayalam and listed[0].district_ml else listed[0].district
        made.append(DistrictPanel(code, name, summary_piece(code, listed, say=say), teams))
    return tuple(made)


def stop_piece(row: BoardRow, *, say: Words, as_of: datetime) -> SafeString:
    """One site: number, locality, planned time, state in shape and words (then its outcome), last contact."""
    contact = row.contact_at
    planned = row.arrive_at.astimezone(IST).strftime("%H:%M") if row.arrive_at else "–"
    return format_html(
        '<li class="stop{}" id="s-{}" data-state="{}"><span class="num">{}</span> <span class="where">{}</span> '
        '<span class="due">{}</span> <span class="chip st-{}"><svg class="mark" aria-hidden="true">'
        '<use href="#m-{}"/></svg>{}</span> {}</li>',
        " is-late" if is_late(row, as_of) else "",
        row.id,
        row.state,
        row.number,
        row.locality,
        planned,
        row.state,
        row.state,
        say[row.outcome or row.state],
        format_html(
            '<time class="age" datetime="{}">{}</time>', contact.isoformat(), age_text(contact, as_of)
        )
        if contact
        else "",
    )


def summary_piece(code: str, rows: Iterable[BoardRow], *, say: Words) -> SafeString:
    """How far a district has come, in numbers and as a bar."""
    counts = board_counts(rows)
    out = sum(number for state, number in counts.states if state in OUT_THERE)
    return format_html(
        '<span class="tally" id="d-{}"><b>{}</b> {} {} {}<svg class="bar" viewBox="0 0 100 8" '
        'preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="8"/>'
        '<rect class="out" width="{}" height="8"/>'
        '<rect class="fill" width="{}" height="8"/></svg></span>',
        code,
        counts.accounted,
        say["of"],
        counts.total,
        say["accounted"],
        _part(counts.accounted + out, counts.total),
        _part(counts.accounted, counts.total),
    )


def counts_piece(counts: BoardCounts, *, say: Words, as_of: datetime) -> SafeString:
    """The counters of the whole board."""
    return render_to_string(
        "parts/board_counts.html",
        {
            "counts": counts,
            "say": say,
            "as_of": as_of,
            "states": [(state, say[state], number) for state, number in counts.states],
            "outcomes": [(code, say[code], number) for code, number in counts.outcomes if code not in STATES],
        },
    )


def changed_pieces(
    rows: Sequence[BoardRow], before: Mapping[str, str], *, say: Words, as_of: datetime
) -> dict[str, str]:
    """The pieces that differ from what was sent before, by element id; empty when nothing changed."""
    touched = [row for row in rows if before.get(str(row.id)) != mark_of(row)]
    if not touched:
        return {}
    pieces: dict[str, str] = {f"s-{row.id}": stop_piece(row, say=say, as_of=as_of) for row in touched}
    for code in {row.district_code for row in touched}:
        pieces[f"d-{code}"] = summary_piece(code, [row for row in rows if row.district_code == code], say=say)
    pieces["counts"] = counts_piece(board_counts(rows), say=say, as_of=as_of)
    return pieces


def mark_of(row: BoardRow) -> str:
    """What makes a row look the way it does."""
    return f"{row.team}|{row.order}|{row.state}|{row.outcome}|{row.contact_at.isoformat() if row.contact_at else ''}"


def digest_of(rows: Iterable[BoardRow]) -> str:
    """A short digest of the whole board: equal when the same was shown."""
    text = "\n".join(sorted(f"{row.id}|{mark_of(row)}" for row in rows))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def is_late(row: BoardRow, as_of: datetime) -> bool:
    """True when a team out there is silent, or a stop is long due and not begun."""
    if row.state in OUT_THERE:
        return row.contact_at is None or as_of - row.contact_at > SILENT_AFTER
    return row.state == "planned" and row.arrive_at is not None and as_of - row.arrive_at > LATE_AFTER


def age_text(at: datetime, as_of: datetime) -> str:
    """How long ago, in the unit that fits: `0 min`, `47 min`, `3 h 10 min`, `5 d`. Never negative."""
    minutes = max(0, int((as_of - at).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes // 1440} d"


def _part(number: int, total: int) -> str:
    return f"{100 * number / total:.1f}" if total else "0"

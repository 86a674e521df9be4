"""What a report says beyond the columns, as lines for a page; what names a victim or a reporter stays out."""

from __future__ import annotations

from typing import Any

from kaval.station.models import Report
from kaval.station.queries.connection_words import HIDDEN_PARTIES


def plain_fields(stored: Any) -> tuple[tuple[str, str], ...]:
    """The report's further fields by name; none that starts with `_` (ours) or speaks of a victim or a reporter."""
    if not isinstance(stored, dict):
        return ()
    return tuple(
        (key.replace("_", " "), _text(value))
        for key, value in sorted(stored.items())
        if not _is_hidden(key) and value not in (None, "", [], {})
    )


def restricted_names(report: Report) -> tuple[str, ...]:
    """The names of the fields that are shown only on need."""
    named = [key for key in report.fields if _is_hidden(key) and not key.startswith("_")]
    return tuple(sorted({*report.restricted, *named}))


def _is_hidden(key: str) -> bool:
    return key.startswith("_") or key.lower().startswith(HIDDEN_PARTIES)


def signal_text(stored: Any) -> str:
    """A signal of the provider in one line."""
    return (
        _text(stored.get("text") or stored.get("code") or stored)
        if isinstance(stored, dict)
        else _text(stored)
    )


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_text(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_text(inner) for inner in value)
    return (
        {True: "yes", False: "no", None: "unknown"}.get(value, str(value))
        if value is None or isinstance(value, bool)
        else str(value)
    )

"""The words and small values of the summary of an examination: states, reasons, matches, numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kaval.engine.documents._spec import Label

Line = Mapping[str, Any]
YES, NO = Label("yes", "അതെ"), Label("no", "അല്ല")
NOTHING = Label("nothing", "ഒന്നുമില്ല")
FOUND = {
    "yes": YES,
    "no_trace": Label("no trace", "അടയാളമില്ല"),
    "unknown": Label("unknown", "അറിയില്ല"),
}
STATES = {
    "allocated": Label("in place", "നിലവിലുള്ളത്"),
    "deleted": Label("deleted", "നീക്കം ചെയ്തത്"),
    "carved": Label("carved", "വീണ്ടെടുത്തത്"),
}


def reasons_of(line: Line) -> Label | None:
    """The reasons of a fact or of a place in the order as sentences in both languages."""
    reasons = line.get("reasons") or ()
    english = _joined(one["text"] for one in reasons)
    malayalam = _joined(one.get("text_ml") or one["text"] for one in reasons)
    return Label(english, malayalam) if english else None


def _joined(texts: Iterable[str]) -> str:
    """Some reasons are sentences and some are parts of one."""
    text = "; ".join(text.removesuffix(".") for text in texts)
    return f"{text}." if text else ""


def match_words(match: Line) -> str:
    """A match in short: list, way, distance, verdict with its scheme."""
    code = (
        f"{match.get('scheme')} {match.get('scheme_version') or ''}: {match['code']}"
        if match.get("code")
        else "no verdict"
    )
    far = f", {match['distance']} bits away" if match.get("distance") else ""
    return f"{match.get('set')}, {match.get('algorithm')}{far}, {code}"


def cell(value: Any) -> str | None:
    """A value as the text of a cell; None: not recorded."""
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value)) or None
    return str(value) if value not in (None, "") else None


def number(value: Any) -> str | None:
    """A number with its thousands set apart."""
    return f"{value:,}" if isinstance(value, int) else cell(value)

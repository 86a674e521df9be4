"""Values that count only behind a label: handles, account ids, telephone numbers of any form, postal addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kaval.engine.formats.mining._labels import Label
from kaval.engine.kernel.identifier import esp_account, handle, ip, phone, upi

# Start, end, kind, scope and the text itself.
Found = tuple[int, int, str, str, str]

_TOKEN = re.compile(r"@?[^\s,;\"'<>|(){}\[\]\x00-\x1f\x7f\ud800-\udfff]{1,256}")
_AFTER = re.compile(r"\s*(?:\Z|[\r\n\t,;|(){}<>\"'\[\]])|\s{2}|\s+(?:and|or|on|-|\u2013)\s")
_DIALLED = re.compile(r"[+(]?[0-9][0-9 ().\-\u2010-\u2013]{5,22}[0-9]")
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_LOOKS_CHOSEN = re.compile(r"[0-9_@]|\w\.\w")
_NOT_POSTAL = re.compile(r"://|@|^[0-9.:]+$")
_FILLERS = frozenset(
    ("n/a", "not stated", "not provided", "not available", "unknown", "none", "null", "withheld")
)


def labelled_values(text: str, labels: Sequence[Label]) -> list[Found]:
    """What the labels announce, each value once a label."""
    found: list[Found] = []
    for label in labels:
        take = _TAKERS.get(label.kind)
        if take is not None and label.value < label.end:
            item = take(text, label)
            if item is not None:
                found.append(item)
    return found


def _token(text: str, label: Label) -> tuple[int, int] | None:
    """The single word that is the value; None when the label goes on as a sentence."""
    match = _TOKEN.match(text, label.value, label.end)
    if match is None:
        return None
    end = match.end()
    while end > label.value and text[end - 1] in ".:!?*`":
        end -= 1
    word = text[label.value : end]
    if end == label.value or "://" in word or "@" in word[1:]:
        return None
    if match.end() < label.end and not _AFTER.match(text, match.end()) and not _LOOKS_CHOSEN.search(word):
        return None
    return label.value, end


def _handle(text: str, label: Label) -> Found | None:
    bounds = _token(text, label)
    if bounds is None or not handle.is_valid(f"x:{text[slice(*bounds)]}"):
        return None
    return *bounds, "handle", label.scope, text[slice(*bounds)]


def _account(text: str, label: Label) -> Found | None:
    bounds = _token(text, label)
    if bounds is None or not esp_account.is_valid(f"x:{text[slice(*bounds)]}"):
        return None
    return *bounds, "esp_account", label.scope, text[slice(*bounds)]


def _upi(text: str, label: Label) -> Found | None:
    match = _TOKEN.match(text, label.value, label.end)
    word = match[0].rstrip(".:") if match else ""
    if not upi.is_valid(word):
        return _phone(text, label)
    return label.value, label.value + len(word), "upi", "", word


def _phone(text: str, label: Label) -> Found | None:
    match = _DIALLED.match(text, label.value, label.end)
    if match is None or text[match.end() : match.end() + 1].isalnum():
        return None
    number = match[0]
    # Two numbers may stand side by side: the longest beginning that is one number counts.
    while number and not phone.is_valid(number):
        number = number.rpartition(" ")[0].rstrip(" -.(")
    return (match.start(), match.start() + len(number), "phone", "", number) if number else None


def _postal(text: str, label: Label) -> Found | None:
    value = text[label.value : label.end].rstrip(" \t,-*")
    letters = sum(map(str.isalpha, value))
    if letters < 3 or _UNSTORABLE.search(value) or _NOT_POSTAL.search(value) or value.casefold() in _FILLERS:
        return None
    if ip.is_valid(value.partition(" ")[0]):
        return None
    return label.value, label.value + len(value), "address_text", "", value


_TAKERS = {"handle": _handle, "account": _account, "upi": _upi, "phone": _phone, "address": _postal}

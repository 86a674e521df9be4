"""A tip from the public as JSON: one object, or a list of them; one lead per tip.

What a tip mentions counts as the reported party; when it names two values of one kind on one platform it
may speak of two people, and the signal `several_reported` keeps them apart. The time of the event is not
stated: `received_at` is when the tip was taken. The reporter's identity and the text are restricted: a tip
may name a child. A platform missing from a handle is taken from the tip, else the handle links nothing.

Versions tried: the unit's own tip form (web, phone, helpline).
Not supported: attachments; e-mail messages.
Sources: the build's own template (no outside standard is known); formats.md section 0 rule 6 (byte-order
mark).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from kaval.engine.formats._spec import (
    FormatSpec,
    IdentifierRecord,
    LeadRecord,
    Reading,
    ReceivedFile,
)
from kaval.engine.formats._text import HEAD_BYTES, decode
from kaval.engine.formats.intake._row import RowTrouble, time_of
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(name="public_tip_json", version="1", kind="intake", title="Tip from the public (JSON)")

MAX_DEPTH = 40
_KINDS = frozenset(("handle", "phone", "email", "upi"))
_TYPED = frozenset(("tip_id", "text", "reporter", "mentions"))
_HEAD = re.compile(r"\s*\[?\s*\{")


def claims(file: ReceivedFile) -> bool:
    """True when the text starts as JSON and names a tip's number near its start."""
    head = decode(file.content[:HEAD_BYTES])[0]
    return _HEAD.match(head) is not None and '"tip_id"' in head


def read(file: ReceivedFile) -> Reading[LeadRecord]:
    """One lead per tip with a number.

    Raises:
        ReaderError: not JSON, nested too deep, or neither an object nor a list of objects.
    """
    text, found = decode(file.content)
    warnings = list(found)
    value = _parse(text, file)
    tips = value if isinstance(value, list) else [value]
    records = []
    for index, tip in enumerate(tips):
        trouble = RowTrouble(f"/{index}" if isinstance(value, list) else "/", warnings)
        if isinstance(tip, dict) and isinstance(tip.get("tip_id"), str | int) and str(tip["tip_id"]).strip():
            records.append(_lead(tip, trouble))
        else:
            trouble.warn("no_identity", "no tip_id: this entry was not read", "Ask where the tip was taken")
    return Reading(SPEC, tuple(records), tuple(warnings))


def _parse(text: str, file: ReceivedFile) -> Any:
    mend = "Ask for the tip again; the bytes received stay sealed"
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise ReaderError(f"not JSON ({problem})", file=file.name, mend=mend) from problem
    if _too_deep(value):
        raise ReaderError(f"nested more than {MAX_DEPTH} deep", file=file.name, mend=mend)
    if not isinstance(value, dict | list):
        raise ReaderError("neither an object nor a list", file=file.name, place="/", mend=mend)
    return value


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return bool(level)


def _lead(tip: dict[str, Any], trouble: RowTrouble) -> LeadRecord:
    number = str(tip["tip_id"]).strip()
    identifiers = _mentions(tip, trouble) + _reporter(tip, trouble.place)
    named = Counter((i.kind, i.scope.casefold()) for i in identifiers if i.party == "reported")
    signals = ["several_reported"] if any(count > 1 for count in named.values()) else []
    restricted = {"text": _text(tip.get("text"))} if tip.get("text") else {}
    if isinstance(tip.get("reporter"), dict):
        restricted.update(
            {f"reporter/{key}": _text(value) for key, value in tip["reporter"].items() if value}
        )
    elif tip.get("reporter"):
        restricted["reporter"] = _text(tip["reporter"])
    fields = {
        str(key): _text(value)
        for key, value in tip.items()
        if key not in _TYPED and value is not None and value != ""
    }
    time_of(_text(tip.get("received_at") or ""), trouble, column="received_at")
    return LeadRecord(
        source_system="tip",
        source_id=number,
        kind="tip",
        title=f"Tip {number}" + (f" ({fields['channel']})" if "channel" in fields else ""),
        incident=None,
        observations=(),
        identifiers=tuple(identifiers),
        files=(),
        signals=tuple(signals),
        fields=fields,
        restricted=restricted,
        locator=trouble.place,
    )


def _text(value: Any) -> str:
    """Text as it is, anything else as JSON; signs no database stores (NUL, half pairs) are replaced."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _mentions(tip: dict[str, Any], trouble: RowTrouble) -> list[IdentifierRecord]:
    mentions = tip.get("mentions") or []
    if not isinstance(mentions, list):
        trouble.warn("mentions_unreadable", "mentions is no list: nothing was taken from it")
        return []
    found = []
    base = trouble.place.rstrip("/")
    for index, mention in enumerate(mentions):
        place = f"{base}/mentions/{index}"
        if not isinstance(mention, dict) or not mention.get("value"):
            trouble.warn("mention_unreadable", f"mention {index} has no value: nothing was taken from it")
            continue
        kind = _text(mention.get("kind") or "").lower()
        scope = _text(mention.get("platform") or tip.get("platform") or "") if kind == "handle" else ""
        if kind not in _KINDS:
            trouble.warn(
                "mention_unknown", f"mention {index} is of kind {kind!r}: kept, but it links nothing"
            )
        found.append(IdentifierRecord(kind or "unknown", _text(mention["value"]), scope, "reported", place))
    return found


def _reporter(tip: dict[str, Any], place: str) -> list[IdentifierRecord]:
    reporter = tip.get("reporter")
    if not isinstance(reporter, dict):
        return []
    base = place.rstrip("/")
    return [
        IdentifierRecord(kind, _text(reporter[kind]), "", "reporter", f"{base}/reporter/{kind}")
        for kind in ("email", "phone")
        if reporter.get(kind)
    ]

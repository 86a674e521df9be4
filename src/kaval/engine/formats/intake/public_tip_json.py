"""A tip from the public as JSON: one object, or a list of them; one lead per tip.

What a tip mentions counts as the reported party; when it names two values of one kind on one platform it
may speak of two people, and the signal `several_reported` keeps them apart. The time of the event is not
stated: `received_at` is when the tip was taken. The reporter's identity and the text are restricted: a tip
may name a child. What the text itself names (addresses, numbers, handles behind a label) is only `mentioned`, from
free text. A platform missing from a handle is taken from the tip, else the handle links nothing.

Versions tried: the unit's own tip form (web, phone, helpline).
Not supported: attachments; e-mail messages (`tip_email`).
Sources: the build's own template (no outside standard is known); formats.md section 0 rule 6 (byte-order
mark).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from kaval.engine.formats._spec import (
    FormatSpec,
    IdentifierRecord,
    LeadRecord,
    Reading,
    ReadWarning,
    ReceivedFile,
)
from kaval.engine.formats._text import HEAD_BYTES, decode
from kaval.engine.formats.intake._letter import parsed, plain, starts_as_json, template_of
from kaval.engine.formats.intake._row import RowTrouble, time_of
from kaval.engine.formats.mining import Mined, mine

SPEC = FormatSpec(name="public_tip_json", version="2", kind="intake", title="Tip from the public (JSON)")
BEGINS = frozenset((b"{", b"["))

_KINDS = frozenset(("handle", "phone", "email", "upi"))
_TYPED = frozenset(("tip_id", "text", "reporter", "mentions"))


def claims(file: ReceivedFile) -> bool:
    """True when the text starts as JSON and names a tip's number near its start, and no other template."""
    head = decode(file.head(HEAD_BYTES))[0]
    return '"tip_id"' in head and starts_as_json(file) and template_of(file) in ("", "public_tip")


def read(file: ReceivedFile) -> Reading[LeadRecord]:
    """One lead per tip with a number.

    Raises:
        ReaderError: not JSON, nested too deep, or neither an object nor a list of objects.
    """
    warnings: list[ReadWarning] = []
    value = parsed(file, warnings)
    tips = value if isinstance(value, list) else [value]
    records = []
    for index, tip in enumerate(tips):
        trouble = RowTrouble(f"/{index}" if isinstance(value, list) else "/", warnings)
        if isinstance(tip, dict) and isinstance(tip.get("tip_id"), str | int) and str(tip["tip_id"]).strip():
            records.append(_lead(tip, trouble))
        else:
            trouble.warn("no_identity", "no tip_id: this entry was not read", "Ask where the tip was taken")
    return Reading(SPEC, tuple(records), tuple(warnings))


def _lead(tip: dict[str, Any], trouble: RowTrouble) -> LeadRecord:
    number = str(tip["tip_id"]).strip()
    identifiers = _mentions(tip, trouble) + _reporter(tip, trouble.place)
    mined = _mined(tip, trouble)
    named = Counter((i.kind, i.scope.casefold()) for i in identifiers if i.party == "reported")
    signals = ["several_reported"] if any(count > 1 for count in named.values()) else []
    restricted = {"text": plain(tip.get("text"))} if tip.get("text") else {}
    if isinstance(tip.get("reporter"), dict):
        restricted.update(
            {f"reporter/{key}": plain(value) for key, value in tip["reporter"].items() if value}
        )
    elif tip.get("reporter"):
        restricted["reporter"] = plain(tip["reporter"])
    fields = {
        str(key): plain(value)
        for key, value in tip.items()
        if key not in _TYPED and value is not None and value != ""
    }
    time_of(plain(tip.get("received_at") or ""), trouble, column="received_at")
    return LeadRecord(
        source_system="tip",
        source_id=number,
        kind="tip",
        title=f"Tip {number}" + (f" ({fields['channel']})" if "channel" in fields else ""),
        incident=None,
        observations=mined.observations,
        identifiers=(*identifiers, *mined.identifiers),
        files=(),
        signals=tuple(signals),
        fields=fields,
        restricted=restricted,
        locator=trouble.place,
    )


def _mined(tip: dict[str, Any], trouble: RowTrouble) -> Mined:
    """What the tip's own words name: merely mentioned, and marked as from free text."""
    text = tip.get("text")
    if not isinstance(text, str) or not text:
        return Mined((), ())
    mined = mine(plain(text), locator=f"{trouble.place.rstrip('/')}/text")
    trouble.warnings.extend(mined.warnings)
    return mined


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
        kind = plain(mention.get("kind") or "").lower()
        scope = plain(mention.get("platform") or tip.get("platform") or "") if kind == "handle" else ""
        if kind not in _KINDS:
            trouble.warn(
                "mention_unknown", f"mention {index} is of kind {kind!r}: kept, but it links nothing"
            )
        found.append(IdentifierRecord(kind or "unknown", plain(mention["value"]), scope, "reported", place))
    return found


def _reporter(tip: dict[str, Any], place: str) -> list[IdentifierRecord]:
    reporter = tip.get("reporter")
    if not isinstance(reporter, dict):
        return []
    base = place.rstrip("/")
    return [
        IdentifierRecord(kind, plain(reporter[kind]), "", "reporter", f"{base}/reporter/{kind}")
        for kind in ("email", "phone")
        if reporter.get(kind)
    ]

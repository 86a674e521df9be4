"""The table of facts a case rests on, one device at a time: each fact with its value, its reasons, and what is unknown.

The facts and their order are those of law_and_procedure.md 1.5 (examination findings form). A value is one of

    yes        a trace says so
    no_trace   records of the needed sort were read on this device and none speaks of a graded file
    unknown    no such record was read, or no file can decide it; the reason says which, and what would

and never a plain "no": what was not found may have been removed. Only metadata; nothing describes what a file shows.
`tests` says which test of an offence still lacks a fact; it states no offence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kaval.engine.kernel.reason import Reason
from kaval.engine.rules.examination._wording import reason
from kaval.engine.rules.examination.cameras import own_cameras
from kaval.engine.rules.examination.evidence import EXAMPLES, Evidence, Trace

YES, NO_TRACE, UNKNOWN = "yes", "no_trace", "unknown"
_OPENED_BY = ("file.opened", "file.played", "program.run")
_CHATS = ("chat.message", "chat.conversation")
_SENDING = (*_CHATS, "p2p.transfer", "file.shared")
_BROWSING = ("browser.visit", "browser.search")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the form. `detail` are counts and times; `places` are up to twenty records it rests on."""

    name: str
    value: str
    reasons: tuple[Reason, ...]
    detail: Mapping[str, Any] = field(default_factory=dict)
    places: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The fact as it stands in `facts.json`."""
        said = [{"code": one.code, "text": one.text, "text_ml": one.text_ml} for one in self.reasons]
        return {"fact": self.name, "value": self.value, "detail": dict(self.detail), "reasons": said,
                "places": list(self.places)}  # fmt: skip


def facts(evidence: Evidence, *, others: tuple[Mapping[str, Any], ...] = ()) -> tuple[Fact, ...]:
    """All facts of one device, in the order of the form. `others`: signs that somebody else could operate it."""
    return (*(decide(evidence) for decide in _DECISIONS), _attribution(evidence, others))


def lacking(decided: tuple[Fact, ...]) -> list[dict[str, Any]]:
    """For each test of an offence: the facts it needs, and those of them that are not settled by a trace."""
    values = {fact.name: fact.value for fact in decided}
    return [
        {"test": test, "needs": list(needs), "lacking": [name for name in needs if values[name] != YES]}
        for test, needs in _TESTS
    ]


# The form maps to these (law_and_procedure.md 1.5); a lawyer confirms the mapping.
_TESTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("POCSO 15(1)", ("known_material", "how_it_came", "knowledge", "user_attribution")),
    ("POCSO 15(2)", ("known_material", "transmitted", "user_attribution")),
    ("POCSO 15(3)", ("known_material", "commercial", "user_attribution")),
    ("IT Act 67B", ("known_material", "how_it_came", "opened", "knowledge", "user_attribution")),
    ("POCSO 13/14", ("camera_original", "user_attribution")),
)


def _where(evidence: Evidence) -> Fact:
    if not evidence.graded:
        return Fact("where", UNKNOWN, (_nothing(evidence),))
    reasons = [reason("F-WHERE", files=evidence.graded)]
    passive = sum(evidence.places[name] for name in ("thumbnail_store", "app_cache", "unallocated"))
    if passive == evidence.graded:
        reasons.append(reason("F-WHERE-PASSIVE"))
    detail = {"places": dict(sorted(evidence.places.items())), "deleted": evidence.deleted.count}
    return Fact("where", YES, tuple(reasons), detail, _examples(evidence.equal, evidence.near))


def _how_it_came(evidence: Evidence) -> Fact:
    if not evidence.graded:
        return Fact("how_it_came", UNKNOWN, (_nothing(evidence),))
    downloaded, received = evidence.trace("downloaded"), evidence.trace("received")
    ways = {
        "browser_download": downloaded.count,
        "received_in_chat": max(
            received.count, evidence.trace("exchanged").count, evidence.places["messenger"]
        ),
        "p2p": max(evidence.trace("p2p").count, evidence.places["p2p_folder"]),
        "named_by_gallery": evidence.trace("came").count,
        "camera_folder": evidence.places["camera_folder"],
        "cloud_folder": evidence.places["cloud_folder"],
    }
    reasons = [reason(_WAYS[way], files=count) for way, count in ways.items() if count]
    automatic = "unknown"
    if evidence.trace("auto_download_on").count:
        automatic = "yes"
    elif evidence.trace("auto_download_off").count:
        automatic = "no"
    if ways["received_in_chat"]:
        reasons.append(reason(f"F-CAME-AUTO-{automatic.upper()}"))
    detail = {"ways": {way: count for way, count in ways.items() if count}, "automatic_download": automatic}
    if evidence.came_by:
        detail["by_program"] = dict(sorted(evidence.came_by.items()))
    if not reasons:
        return Fact("how_it_came", UNKNOWN, (reason("F-CAME-UNKNOWN"),), detail)
    places = _examples(downloaded, received, evidence.trace("p2p"), evidence.trace("came"))
    return Fact("how_it_came", YES, tuple(reasons), detail, places)


_WAYS = {
    "browser_download": "F-CAME-BROWSER",
    "received_in_chat": "F-CAME-CHAT",
    "p2p": "F-CAME-P2P",
    "named_by_gallery": "F-CAME-GALLERY",
    "camera_folder": "F-CAME-CAMERA",
    "cloud_folder": "F-CAME-CLOUD",
}


def _opened(evidence: Evidence) -> Fact:
    reasons: tuple[Reason, ...] = ()
    if evidence.trace("thumbnail").count:
        reasons = (reason("F-OPENED-THUMBNAIL", files=evidence.trace("thumbnail").count),)
    by_name = evidence.trace("opened_by_name")
    if by_name.count:
        reasons = (*reasons, reason("F-OPENED-NAME", files=by_name.count))
    found = _by_trace(evidence, "opened", trace="opened", read=_OPENED_BY, also=reasons)
    if by_name.count and found.value != YES:
        return Fact(
            "opened", UNKNOWN, reasons, {**found.detail, "by_name": by_name.count}, _examples(by_name)
        )
    return found


def _knowledge(evidence: Evidence) -> Fact:
    sought, renamed, marked = (evidence.trace(name) for name in ("sought", "renamed", "marked"))
    detail: dict[str, Any] = {
        "searches": evidence.read["browser.search"],
        "sought": sought.as_json(),
        "renamed": renamed.as_json(),
        "marked": marked.count,
        "folders": len(evidence.folders),
    }
    by_code = {"F-KNOWLEDGE-SOUGHT": sought, "F-KNOWLEDGE-RENAMED": renamed, "F-KNOWLEDGE-MARKED": marked}
    reasons = [reason(code, files=trace.count) for code, trace in by_code.items() if trace.count]
    if reasons:
        return Fact("knowledge", YES, tuple(reasons), detail, _examples(sought, renamed, marked))
    if len(evidence.folders) > 1:
        # Sorting into folders is for a person to judge: a program may have made them.
        reasons.append(reason("F-KNOWLEDGE-FOLDERS", files=len(evidence.folders)))
    if not any(evidence.read[kind] for kind in _BROWSING):
        return Fact("knowledge", UNKNOWN, (*reasons, reason("F-KNOWLEDGE-NO-HISTORY")), detail)
    return Fact("knowledge", NO_TRACE, (*reasons, reason("F-KNOWLEDGE-NONE")), detail)


def _deleted(evidence: Evidence) -> Fact:
    removed = evidence.trace("removed")
    reported = evidence.trace("reported").count
    detail = {"deleted_files": evidence.deleted.count, "removed": removed.as_json(), "reports": reported}
    said = reason("F-REPORTED", files=reported) if reported else reason("F-REPORTED-UNKNOWN")
    if not evidence.graded:
        return Fact("deleted_or_reported", UNKNOWN, (_nothing(evidence), said), detail)
    if removed.count or evidence.deleted.count:
        reasons = [reason("F-DELETED", files=evidence.deleted.count)] if evidence.deleted.count else []
        reasons += (
            [reason("F-DELETED-TIME", files=removed.count, at=removed.last or "?")] if removed.count else []
        )
        reasons.append(said)
        return Fact("deleted_or_reported", YES, tuple(reasons), detail, _examples(removed, evidence.deleted))
    return Fact("deleted_or_reported", NO_TRACE, (reason("F-DELETED-NONE"), said), detail)


def _transmitted(evidence: Evidence) -> Fact:
    in_sent = evidence.places["messenger_sent"]
    exchanged, with_folder = evidence.trace("exchanged"), evidence.trace("passed_on_with")
    also = (reason("F-SENT-FOLDER", files=in_sent),) if in_sent else ()
    if exchanged.count:
        also = (*also, reason("F-SENT-OR-RECEIVED", files=exchanged.count))
    if with_folder.count:
        also = (*also, reason("F-SENT-WITH-FOLDER", files=with_folder.count))
    found = _by_trace(evidence, "transmitted", trace="sent", read=_SENDING, also=also)
    if in_sent and found.value != YES:
        return Fact("transmitted", YES, also, {**found.detail, "in_sent_folders": in_sent}, found.places)
    if found.value != YES and (exchanged.count or with_folder.count):
        unsure = {"sent_or_received": exchanged.count, "passed_on_with_folder": with_folder.count}
        return Fact(
            "transmitted", UNKNOWN, also, {**found.detail, **unsure}, _examples(exchanged, with_folder)
        )
    return found


def _commercial(evidence: Evidence) -> Fact:
    found = evidence.trace("commercial")
    if found.count:
        reasons = (reason("F-COMMERCIAL", files=found.count),)
        return Fact("commercial", YES, reasons, {"commercial": found.as_json()}, _examples(found))
    words = evidence.trace("money_words")
    if words.count:
        reasons = (reason("F-COMMERCIAL-WORDS", files=words.count),)
        return Fact("commercial", UNKNOWN, reasons, {"conversations": words.as_json()}, _examples(words))
    if any(evidence.read[kind] for kind in _CHATS):
        return Fact("commercial", NO_TRACE, (reason("F-COMMERCIAL-NONE"),))
    return Fact("commercial", UNKNOWN, (reason("F-COMMERCIAL-UNKNOWN"),))


def _camera_original(evidence: Evidence) -> Fact:
    own = own_cameras(evidence)
    graded = sum(count for camera, count in evidence.graded_cameras.items() if camera in own)
    detail = {"graded_with_camera": sum(evidence.graded_cameras.values()), "graded_from_own_camera": graded,
              "in_camera_folder": evidence.places["camera_folder"]}  # fmt: skip
    if graded:
        return Fact(
            "camera_original", YES, (reason("F-CAMERA-OWN", files=graded), reason("F-CAMERA-ACT")), detail
        )
    if not evidence.graded:
        return Fact("camera_original", UNKNOWN, (_nothing(evidence), reason("F-CAMERA-UNSEEN")), detail)
    if not own:
        return Fact("camera_original", UNKNOWN, (reason("F-CAMERA-NONE-KNOWN"),), detail)
    return Fact("camera_original", NO_TRACE, (reason("F-CAMERA-OTHER"), reason("F-CAMERA-UNSEEN")), detail)


def _age(_: Evidence) -> Fact:
    return Fact("apparent_age", UNKNOWN, (reason("F-AGE"),))


def _known(evidence: Evidence) -> Fact:
    lists = [
        {"set": name, "version": version, "scheme": scheme, "code": code}
        for name, version, scheme, code in sorted(evidence.lists)
    ]
    detail = {"equal": evidence.equal.count, "near": evidence.near.count, "lists": lists,
              "listed_without_verdict": evidence.without_verdict}  # fmt: skip
    reasons = [reason("F-KNOWN-MUTE", files=evidence.without_verdict)] if evidence.without_verdict else []
    if not evidence.graded:
        return Fact(
            "known_material", NO_TRACE if evidence.files else UNKNOWN, (_nothing(evidence), *reasons), detail
        )
    if evidence.equal.count:
        reasons.append(reason("F-KNOWN-EQUAL", files=evidence.equal.count))
    if evidence.near.count:
        reasons.append(reason("F-KNOWN-NEAR", files=evidence.near.count))
    value = YES if evidence.equal.count else UNKNOWN
    return Fact("known_material", value, tuple(reasons), detail, _examples(evidence.equal, evidence.near))


def _attribution(evidence: Evidence, others: tuple[Mapping[str, Any], ...]) -> Fact:
    accounts = [
        {"service": service, "name": name, "last": last}
        for (service, name), last in sorted(evidence.accounts.items())
    ]
    detail = {
        "accounts": accounts[:EXAMPLES],
        "count": len(accounts),
        "others_could_operate": list(others)[:EXAMPLES],
    }
    reasons = [reason("F-USER-OTHERS", files=len(others))] if others else []
    if not accounts:
        return Fact("user_attribution", UNKNOWN, (*reasons, reason("F-USER-UNKNOWN")), detail)
    if len(accounts) > 1:
        reasons.append(reason("F-USER-SEVERAL", files=len(accounts)))
    return Fact("user_attribution", YES, (*reasons, reason("F-USER", files=len(accounts))), detail)


def _by_trace(
    evidence: Evidence, name: str, *, trace: str, read: tuple[str, ...], also: tuple[Reason, ...]
) -> Fact:
    """A fact that one sort of trace decides, and that is unknown where no record of the sorts in `read` was met."""
    found = evidence.trace(trace)
    detail = found.as_json()
    code = f"F-{name.upper()}"
    if found.count:
        reasons = (reason(code, files=found.count, at=found.last or "?"), *also)
        return Fact(name, YES, reasons, detail, _examples(found))
    if not evidence.graded:
        return Fact(name, UNKNOWN, (_nothing(evidence),), detail)
    if not any(evidence.read[kind] for kind in read):
        return Fact(name, UNKNOWN, (reason(f"{code}-UNREAD"), *also), detail)
    return Fact(name, NO_TRACE, (reason(f"{code}-NONE"), *also), detail)


def _nothing(evidence: Evidence) -> Reason:
    return reason("F-NOTHING-GRADED", files=evidence.files)


def _examples(*traces: Trace) -> tuple[str, ...]:
    return tuple(place for trace in traces for place in trace.places)[:EXAMPLES]


_DECISIONS: tuple[Callable[[Evidence], Fact], ...] = (
    _where,
    _how_it_came,
    _opened,
    _knowledge,
    _deleted,
    _transmitted,
    _commercial,
    _camera_original,
    _age,
    _known,
)

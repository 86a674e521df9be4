"""What the conversations of a run came to: files by digest, indications by the reviewed rules, links between devices.

Reads `findings.jsonl` and `artefacts.jsonl` of a result and writes `chats.jsonl` (one line a conversation, with the
digests of its files where they lie on the same device, and the indications it is part of) and `links.jsonl` (an account
or a picture or video that two sources share). Both are decided by the result and by the day the rules are asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from posixpath import dirname, normpath
from typing import Any

from kaval.engine.rules.examination.trafficking import Indication, RoleDays, indications
from kaval.lab.writing import WholeFile, json_line, lines_of

_MEDIA = ("image/", "video/")
_CHAT = "chat.conversation"


def conclude_chats(out: Path, *, on: date) -> None:
    """Writes `chats.jsonl` and `links.jsonl` beside the findings. `on`: the day whose rules are asked."""
    conversations = list(_of_kind(out, (_CHAT,)))
    digests = _digests(out, conversations)
    with WholeFile(out / "chats.jsonl") as file:
        by_source: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for one in conversations:
            by_source[one["source"]].append(one)
        for source in by_source.values():
            given = _indications(source, on=on)
            for one in source:
                file.write(json_line(_line(one, digests, given)))
    with WholeFile(out / "links.jsonl") as file:
        for link in _links(out):
            file.write(json_line(link))


def _of_kind(out: Path, kinds: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    with lines_of(out / "artefacts.jsonl") as lines:
        for line in lines:
            if line["kind"] in kinds:
                yield line


def _key(one: Mapping[str, Any]) -> str:
    return f"{one['path']} {one['place']}"


def _beside(chat: str, shared: str) -> Iterator[str]:
    """Where a shared file may lie: beside the export, or by its path on the phone below any folder above."""
    folder = dirname(chat)
    while True:
        place = normpath(f"{folder}/{shared}") if folder else normpath(shared)
        if not place.startswith(".."):
            yield place
        if not folder:
            return
        folder = dirname(folder)


def _digests(
    out: Path, conversations: Iterable[Mapping[str, Any]]
) -> dict[tuple[str, str], tuple[str, bool]]:
    """(source, path) of files that conversations name, to (SHA-256, known from a list)."""
    wanted = {
        (one["source"], place)
        for one in conversations
        for shared in one["facts"]["files"]
        if shared["path"]
        for place in _beside(one["path"], shared["path"])
    }
    found = {}
    if wanted:
        with lines_of(out / "findings.jsonl") as lines:
            for line in lines:
                key = (line["source"], line["path"])
                if key in wanted and line["sha256"]:
                    found[key] = (line["sha256"], bool(line["matches"]))
    return found


def _line(
    one: dict[str, Any], digests: Mapping[tuple[str, str], tuple[str, bool]], given: Iterable[Indication]
) -> dict[str, Any]:
    facts = dict(one["facts"])
    facts["files"] = [_shared(one, shared, digests) for shared in facts["files"]]
    facts.pop("role_days")
    of_this = [asdict(indication) for indication in given if _key(one) in indication.conversations]
    for indication in of_this:
        indication["conversations"] = len(indication["conversations"])
    return {
        "source": one["source"],
        "path": one["path"],
        "place": one["place"],
        **facts,
        "indications": of_this,
    }


def _shared(
    one: Mapping[str, Any], shared: dict[str, Any], digests: Mapping[tuple[str, str], tuple[str, bool]]
) -> dict[str, Any]:
    places = _beside(one["path"], shared["path"]) if shared["path"] else ()
    found = next(
        (digests[one["source"], place] for place in places if (one["source"], place) in digests), None
    )
    if found is None:
        return shared | {"found": False, "known": None}
    return shared | {"sha256": found[0], "found": True, "known": found[1]}


def _indications(conversations: list[dict[str, Any]], *, on: date) -> tuple[Indication, ...]:
    days = [
        RoleDays(
            _key(one),
            {
                role: frozenset(None if day is None else date.fromisoformat(day) for day in listed)
                for role, listed in one["facts"]["role_days"].items()
            },
        )
        for one in conversations
    ]
    return indications(days, on=on)


def _links(out: Path) -> Iterator[dict[str, Any]]:
    """What two sources share, in the order of kind and value. Own identifiers of an application, never shown names."""
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in _of_kind(out, (_CHAT, "account")):
        app = one["facts"].get("app") or ""
        for value in _identifiers(one):
            seen["account", f"{app}:{value}"].add(one["source"])
    with lines_of(out / "findings.jsonl") as lines:
        for line in lines:
            if line["sha256"] and line["size"] and (line["mime"] or "").startswith(_MEDIA):
                seen["media", line["sha256"]].add(line["source"])
    for (kind, value), sources in sorted(seen.items()):
        if len(sources) > 1:
            yield {"kind": kind, "value": value, "sources": sorted(sources)}


def _identifiers(one: Mapping[str, Any]) -> Iterator[str]:
    facts = one["facts"]
    if one["kind"] == "account":
        # An export names the owner by number and a party as `user` with that number.
        yield from filter(None, (f"user{facts['identifier']}" if facts.get("identifier") else "",))
        return
    if facts["app"] == "whatsapp" and facts["conversation"] == "chat":
        return  # a text export has shown names alone: two people may have one name
    yield from (party["party"] for party in facts["parties"] if party["party"] not in ("", "owner"))

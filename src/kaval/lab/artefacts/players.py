"""What players and desktops remember of the files they showed: VLC, recent files of GNOME and Windows, macOS downloads.

Tried with files written here: `vlc-qt-interface.ini` (VLC 3), `vlc_media.db` (VLC for Android), `recently-used.xbel`,
`QuarantineEventsV2`, `ActivitiesCache.db` (Windows 10). The streams VLC lists are kept by host only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats._xml import local, parse
from kaval.lab.artefacts.clocks import from_cocoa, from_unix
from kaval.lab.artefacts.databases import opened, rows
from kaval.lab.artefacts.given import Given, shown
from kaval.lab.shapes import Artefact

_SMALL = 16 * 1024 * 1024


def vlc(given: Given) -> Iterator[Artefact]:
    """The films VLC lists as recent, newest first; it keeps no time of play."""
    inside = False
    for line in given.whole(_SMALL).decode("utf-8", "replace").splitlines():
        if line.startswith("["):
            inside = line.strip() == "[RecentsMRL]"
        elif inside and line.startswith("list="):
            for number, mrl in enumerate(part.strip().strip('"') for part in line[5:].split(", ")):
                if mrl and mrl != "@Invalid()":
                    yield Artefact("file.played", f"RecentsMRL/{number}", None, None, _played(mrl, "vlc"))


def vlc_media(given: Given) -> Iterator[Artefact]:
    """Films and how often VLC for Android played them, with the last time."""
    with opened(given) as base:
        picked = {"id": "m.id_media", "count": "m.play_count", "at": "m.last_played_date", "mrl": "f.mrl"}
        source = "Media AS m JOIN File AS f ON f.media_id = m.id_media ORDER BY m.id_media"
        for row in rows(base, source, picked, tables={"m": "Media", "f": "File"}):
            at = from_unix(row["at"])
            if isinstance(row["mrl"], str) and (at or row["count"]):
                facts = _played(row["mrl"], "vlc") | {"count": row["count"]}
                yield Artefact("file.played", f"Media/{row['id']}", at, 1.0 if at else None, facts)


def _played(mrl: str, program: str) -> dict[str, str | None]:
    if mrl.lower().startswith("file:"):
        return {"program": program, "target": shown(unquote(mrl[5:].lstrip("/")))}
    try:
        host = urlsplit(mrl).hostname
    except ValueError:
        host = None
    return {"program": program, "target": None, "host": shown(host)}


def recently_used(given: Given) -> Iterator[Artefact]:
    """Files that programs of a Linux desktop opened, with the time of the last visit and the programs."""
    root, _ = parse(ReceivedFile(given.path, given.whole(_SMALL)))
    for number, mark in enumerate(root.iter("bookmark")):
        href, visited = mark.get("href", ""), mark.get("visited", "")
        programs = sorted(
            {
                str(one.get("name"))
                for one in mark.iter("*")
                if local(one) == "application" and one.get("name")
            }
        )
        if href.startswith("file:"):
            at = f"{visited[:19]}Z" if visited[10:11] == "T" and visited.endswith("Z") else None
            facts = {"target": shown(unquote(href[5:].lstrip("/"))), "program": shown(", ".join(programs))}
            yield Artefact("file.opened", f"bookmark/{number}", at, 1.0 if at else None, facts)


def activities(given: Given) -> Iterator[Artefact]:
    """Files and programs of the Windows 10 activity history, with the time they were begun; no title is kept."""
    with opened(given) as base:
        picked = {"at": "a.StartTime", "app": "a.AppId", "payload": "a.Payload"}
        found = rows(base, "Activity AS a", picked, tables={"a": "Activity"})
        for number, row in enumerate(found):
            at, place = from_unix(row["at"]), f"Activity/{number}"
            program = next((one.get("application") for one in _listed(row["app"])), None)
            said = next(iter(_listed(row["payload"])), {})
            address = said.get("contentUri")
            facts = {"program": shown(program), "from": "activity history"}
            if isinstance(address, str) and address.lower().startswith("file:"):
                target = shown(unquote(address.split("?", 1)[0][5:].lstrip("/")))
                yield Artefact("file.opened", place, at, 1.0 if at else None, facts | {"target": target})
            elif facts["program"]:
                yield Artefact("program.run", place, at, 1.0 if at else None, facts)


def _listed(content: object) -> list[dict[str, Any]]:
    """The objects of a JSON text: a list of them, or one."""
    if not isinstance(content, str | bytes) or len(content) > 1 << 20:
        return []
    value = json.loads(content)
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def quarantine(given: Given) -> Iterator[Artefact]:
    """Files that came from elsewhere to a Mac: when, by which program, from which host."""
    with opened(given) as base:
        names = {
            "at": "LSQuarantineTimeStamp",
            "agent": "LSQuarantineAgentName",
            "url": "LSQuarantineDataURLString",
        }
        picked = {key: f"e.{column}" for key, column in names.items()}
        found = rows(base, "LSQuarantineEvent AS e", picked, tables={"e": "LSQuarantineEvent"})
        for number, row in enumerate(found):
            host = _played(row["url"], "").get("host") if isinstance(row["url"], str) else None
            at = from_cocoa(row["at"])
            facts = {"program": shown(row["agent"]), "host": host, "target": None}
            yield Artefact("download", f"LSQuarantineEvent/{number}", at, 1.0 if at else None, facts)

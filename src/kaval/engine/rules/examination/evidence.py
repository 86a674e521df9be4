"""What the facts about one device rest on: gathered line by line from findings and artefacts, bounded in memory.

A file is *graded* when an entry with a verdict equals it (distance 0) or nears it; a list without verdicts says nothing
of what a file is, and neither do the codes that mean "not pertinent", "uncategorised" or "comparison" in every release
of a scheme (formats.md 2.2).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

EXAMPLES = 20
_MOST_TARGETS = 2_000_000
# By scheme: codes that mean "uncategorised", "not pertinent" or "comparison" in every release of it.
_SILENT_CODES = {"VICS/US": frozenset(("0", "4", "5")), "INTERPOL/ICSE": frozenset(("no", "0"))}
_SILENT_ELSEWHERE = frozenset(("0",))
# Equal values of these are no equal bytes.
_LIKENESS = ("pdq", "vpdq")
_PLACES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("thumbnail_store", r"(^|/)(\.?thumbnails?|thumbcache_[^/]*|thumbs\.db|\.thumbdata[^/]*)(/|!|$)"),
        ("recycle_bin", r"(^|/)(\$recycle\.bin|recycler|\.trash[^/]*|\.trashed-[^/]*)(/|$)"),
        ("messenger_sent", r"(^|/)(whatsapp|telegram|signal)[^!]*/sent(/|$)"),
        ("messenger", r"(^|/)(whatsapp|telegram|signal|com\.whatsapp|org\.telegram)[^/]*/"),
        ("cloud_folder", r"(^|/)(onedrive|google ?drive|dropbox|icloud ?drive|mobile documents)[^/]*/"),
        ("app_cache", r"(^|/)[^/]*cache[^/]*/"),
        ("p2p_folder", r"(^|/)(emule|utorrent|bittorrent|qbittorrent|transmission|frostwire|torrents?|incoming)[^/]*/"),
        ("camera_folder", r"(^|/)dcim/"),
        ("download_folder", r"(^|/)downloads?/"),
        ("app_data", r"(^|/)(appdata|data/data|android/data|library/application support)/"),
        ("user_folder", r"(^|/)(users|home|documents and settings|emulated|data/media|sdcard|pictures|documents|desktop"
                        r"|videos|movies)/"),
    )
)  # fmt: skip


@dataclass(slots=True)
class Trace:
    """Records of one sort: how many, the first and last time among them, and where some of them lie."""

    count: int = 0
    first: str | None = None
    last: str | None = None
    places: list[str] = field(default_factory=list)

    def add(self, line: Mapping[str, Any]) -> None:
        """Take one line in. Times compare as text: all here are ISO 8601 of one zone or none."""
        self.count += 1
        at = line.get("at")
        if at:
            self.first = at if self.first is None else min(self.first, at)
            self.last = at if self.last is None else max(self.last, at)
        if len(self.places) < EXAMPLES:
            self.places.append(f"{line['path']}#{line['place']}" if "place" in line else line["path"])

    def as_json(self) -> dict[str, Any]:
        """Count, first and last time."""
        return {"count": self.count, "first": self.first, "last": self.last}


def place_of(path: str, state: str) -> str:
    """Which sort of place a file lies in, by its path and state; `other` when no rule knows it."""
    if state == "carved":
        return "unallocated"
    lower = path.lower()
    folder, _, name = lower.rpartition("/")
    # Only these names say something themselves: for all others the folder decides, and folders come again and again.
    return _place_of(lower if name.startswith((".", "thumb")) else f"{folder}/")


@lru_cache(maxsize=16_384)
def _place_of(lower: str) -> str:
    return next((name for name, pattern in _PLACES if pattern.search(lower)), "other")


# What other tools call the facts that the rules ask for, letters only, lower case; the first one said counts.
_ALSO_CALLED = {
    "target": ("target", "path", "localpath", "filepath", "filename", "file", "pathtofile"),
    "program": ("program", "progname", "programname", "applicationname", "application", "name"),
    "package": ("package", "identifier", "packagename", "bundleid", "bundleidentifier"),
    "service": ("service", "app", "servicetype", "accounttype", "source", "type"),
    "by": ("by",),
    "name": ("username", "name", "accountname", "userid", "phone", "identifier", "id"),
}
_LETTERS = re.compile(r"[^a-z]")


def said(facts: Mapping[str, Any], name: str) -> str | None:
    """A fact by our name or by what another tool calls it (`Identifier`, `TSK_PATH` …); None: not said."""
    value = facts.get(name)
    if isinstance(value, str) and value:
        return value
    called = {
        _LETTERS.sub("", key.lower()): one for key, one in facts.items() if isinstance(one, str) and one
    }
    return next((called[other] for other in _ALSO_CALLED[name] if other in called), None)


def is_graded(match: Mapping[str, Any]) -> bool:
    """True when a list gives a verdict that speaks of material, by equal bytes or by nearness."""
    scheme, code = match.get("scheme"), match.get("code")
    return bool(scheme and code) and str(code).lower() not in _SILENT_CODES.get(
        str(scheme), _SILENT_ELSEWHERE
    )


def camera_of(line: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Maker, model and serial (empty: not stated) of the camera a finding's metadata names."""
    media = line.get("picture") or line.get("video") or {}
    make, model = media.get("camera_make"), media.get("camera_model")
    if not model:
        return None
    return (make or "").strip(), model.strip(), (media.get("camera_serial") or "").strip()


class Evidence:
    """Everything the facts about one source need; findings are taken in before artefacts."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.files = 0
        self.equal, self.near, self.deleted = Trace(), Trace(), Trace()
        self.without_verdict = 0
        self.places: Counter[str] = Counter()
        self.folders: set[str] = set()
        self.lists: set[tuple[str, str, str, str]] = set()
        self.cameras: Counter[tuple[str, str, str]] = Counter()
        self.own_cameras: Counter[tuple[str, str, str]] = Counter()
        self.graded_cameras: Counter[tuple[str, str, str]] = Counter()
        self.device_models: set[tuple[str, str]] = set()
        self.read: Counter[str] = Counter()
        self.traces: dict[str, Trace] = {}
        self.accounts: dict[tuple[str, str], str | None] = {}
        self.conversations = 0
        self._owners = {"owner"}
        self._paths: set[str] = set()
        self._tails: set[str] = set()
        self._folders: set[str] = set()
        self._named: set[tuple[str, int]] = set()
        self._bare: set[str] = set()
        self.came_by: Counter[str] = Counter()
        self._digests: set[str] = set()

    @property
    def graded(self) -> int:
        """Files that a verdict speaks of."""
        return self.equal.count + self.near.count

    def trace(self, name: str) -> Trace:
        """The records of one sort; none met: an empty one."""
        return self.traces.get(name) or Trace()

    def add_finding(self, line: Mapping[str, Any]) -> None:
        """Take one line of `findings.jsonl` in."""
        self.files += 1
        camera = camera_of(line)
        place = place_of(line["path"], line["state"]) if camera or line["matches"] else ""
        if camera is not None:
            self.cameras[camera] += 1
            if place == "camera_folder":
                self.own_cameras[camera] += 1
        if not line["matches"]:
            return
        graded = [one for one in line["matches"] if is_graded(one)]
        if not graded:
            self.without_verdict += 1
            return
        seen = {"path": line["path"], "at": None}
        (self.equal if any(one.get("algorithm") not in _LIKENESS for one in graded) else self.near).add(seen)
        if line["state"] != "allocated":
            self.deleted.add(seen)
        self.places[place] += 1
        if camera is not None:
            self.graded_cameras[camera] += 1
        if place in ("user_folder", "download_folder") and len(self.folders) < 10_000:
            self.folders.add(line["path"].rpartition("/")[0])
        for one in graded:
            self.lists.add((one["set"], one["version"], f"{one['scheme']} {one['scheme_version'] or ''}".strip(),
                            str(one["code"])))  # fmt: skip
        self._remember(line)

    def _remember(self, line: Mapping[str, Any]) -> None:
        if len(self._paths) < _MOST_TARGETS:
            path = _plain(line["path"])
            self._paths.add(path)
            self._tails.add(_tail(path))
            self._bare.add(path.rsplit("/", 1)[-1])
            self._named.add((path.rsplit("/", 1)[-1], line.get("size") or 0))
            while "/" in path and (path := path.rsplit("/", 1)[0]) not in self._folders:
                self._folders.add(path)
            if line.get("sha256"):
                self._digests.add(line["sha256"])

    def names_graded(self, facts: Mapping[str, Any]) -> bool:
        """True when an artefact names a graded file of this source: by digest, by path, or by folder and name."""
        digest, target = facts.get("sha256"), said(facts, "target")
        if isinstance(digest, str) and digest in self._digests:
            return True
        if target is None:
            return False
        path = _plain(target)
        if "/" not in path:
            return path in self._paths or (path, facts.get("bytes")) in self._named
        return path in self._paths or _tail(path) in self._tails

    def add_artefact(self, line: Mapping[str, Any]) -> None:
        """Take one line of `artefacts.jsonl` in."""
        kind, facts = line["kind"], line["facts"]
        self.read[kind] += 1
        if kind == "account" and len(self.accounts) < 1_000:
            key = (said(facts, "service") or "", said(facts, "name") or "")
            self.accounts[key] = max(self.accounts.get(key) or "", line["at"] or "") or None
            if facts.get("identifier"):
                self._owners |= {str(facts["identifier"]), f"user{facts['identifier']}"}
        if kind == "device" and facts.get("model"):
            self.device_models.add((str(facts.get("make") or ""), str(facts["model"])))
        if kind == "p2p.transfer":
            self._add_transfer(line)
        if kind == "file.opened" and self._is_name_of_graded(said(facts, "target")):
            self._add("opened_by_name", line)
        graded = (kind in _OF_GRADED or kind == "chat.message") and self.names_graded(facts)
        for name in _traces(kind, facts, graded=graded):
            self._add(name, line)
            if name == "came":
                self.came_by[said(facts, "by") or facts.get("host") or ""] += 1

    def _is_name_of_graded(self, target: str | None) -> bool:
        """True for a bare name that a graded file bears; some lists of recent files keep no folder."""
        return target is not None and "/" not in target and target.lower() in self._bare

    def _add_transfer(self, line: Mapping[str, Any]) -> None:
        """A transfer of a graded file, or of a folder that holds one: bytes of a folder are no file's own."""
        facts = line["facts"]
        target = _plain(said(facts, "target") or "")
        passed_on = isinstance(facts.get("uploaded"), int) and facts["uploaded"] > 0
        if self.names_graded(facts):
            self._add("p2p", line)
            if passed_on:
                self._add("sent", line)
        elif "/" in target and target in self._folders:
            self._add("p2p", line)
            if passed_on:
                self._add("passed_on_with", line)

    def add_conversation(self, line: Mapping[str, Any]) -> None:
        """Take one line of `chats.jsonl` in, after the artefacts: whose account it is must be known first."""
        self.conversations += 1
        for hit in line.get("hits", ()):
            if hit.get("role") == "payment":
                self._add("money_words", {**line, "at": line.get("last_at")})
                break
        for shared in line.get("files", ()):
            if shared.get("sha256") not in self._digests:
                continue
            sender = shared.get("sender") or ""
            if sender in self._owners:
                way = "sent"
            else:
                # An export that does not say whose it is names two people and neither as its owner.
                way = "received" if len(self._owners) > 1 or sender.startswith("user") else "exchanged"
            self._add(
                way,
                {"path": line["path"], "place": shared.get("place") or line["place"], "at": shared.get("at")},
            )

    def _add(self, name: str, line: Mapping[str, Any]) -> None:
        self.traces.setdefault(name, Trace()).add(line)


# What an artefact that names a graded file is a trace of, by its kind; messages go by their direction.
_OF_GRADED = {
    "download": "downloaded",
    "file.opened": "opened",
    "file.played": "opened",
    "file.deleted": "removed",
    "file.renamed": "renamed",
    "file.shared": "sent",
    "file.came": "came",
    "file.marked": "marked",
    "thumbnail": "thumbnail",
}
# What it is a trace of whichever file it names.
_OF_ITSELF = {"payment": "commercial", "offer": "commercial", "report_made": "reported"}


def _traces(kind: str, facts: Mapping[str, Any], *, graded: bool) -> list[str]:
    found = [_OF_ITSELF[kind]] if kind in _OF_ITSELF else []
    if kind in ("browser.visit", "browser.search") and facts.get("hits"):
        found.append("sought")
    if kind == "setting.auto_download":
        found.append("auto_download_on" if facts.get("on") else "auto_download_off")
    if graded and kind in _OF_GRADED:
        found.append(_OF_GRADED[kind])
    if graded and kind == "download" and facts.get("opened"):
        found.append("opened")
    if graded and kind == "chat.message":
        found.append({"sent": "sent", "received": "received"}.get(str(facts.get("direction")), "exchanged"))
    return found


def _plain(path: str) -> str:
    """A path as devices write it in many ways, for comparison: no drive, no mount point, one separator, lower case."""
    lower = path.lower().replace("\\", "/")
    if lower[1:3] == ":/":
        lower = lower[3:]
    for mount in ("/storage/emulated/0/", "/sdcard/", "data/media/0/", "/private/", "private/"):
        if lower.startswith(mount):
            lower = lower[len(mount) :]
    return lower.lstrip("/")


def _tail(path: str) -> str:
    return "/".join(path.rsplit("/", 2)[-2:])

"""Histories and downloads of browsers: when, which host, how it was reached; never the words a person typed.

A visit keeps its host and the SHA-256 of its address, which finds the same address on another device and tells
nothing more. A search is known by its form (a query in the address, or the browser's own table of searches): that it
happened, when, at which host, and whether a list that the reviewer supplied hits it; the words are not kept, nor
the digest of an address that holds them. Titles are only held against the lists. Tried: Chromium `History` (urls,
visits, downloads, keyword_search_terms), Firefox `places.sqlite`, Safari `History.db`, all written here by sqlite3.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

from kaval.lab.artefacts.clocks import from_cocoa, from_unix_us, from_webkit
from kaval.lab.artefacts.databases import opened, rows
from kaval.lab.artefacts.given import Given, Hits, shown
from kaval.lab.shapes import Artefact

_ASKED = frozenset(("q", "query", "search_query", "search", "wd", "keyword", "keywords"))
_ASKED_AT_A_SEARCH_HOST = frozenset(("p", "text"))
_CHROMIUM_HOW = {0: "link", 1: "typed", 2: "bookmark", 3: "frame", 4: "frame", 5: "typed", 6: "start", 7: "form",
                 8: "reload", 9: "typed", 10: "typed"}  # fmt: skip
_FIREFOX_HOW = {1: "link", 2: "typed", 3: "bookmark", 4: "frame", 5: "redirect", 6: "redirect", 7: "download",
                8: "frame", 9: "reload"}  # fmt: skip
_CHROMIUM_STATE = {0: "in_progress", 1: "complete", 2: "cancelled", 3: "interrupted", 4: "interrupted"}


def chromium(given: Given) -> Iterator[Artefact]:
    """Visits, searches, downloads and the gaps in the numbering of visits of a Chromium `History`."""
    with opened(given) as base:
        searched = _searched(base, given.hits)
        numbers = _Numbers()
        picked = {"id": "v.id", "at": "v.visit_time", "how": "v.transition", "url_id": "v.url"}
        picked |= {"url": "u.url", "title": "u.title"}
        source = "visits AS v JOIN urls AS u ON u.id = v.url ORDER BY v.id"
        for row in rows(base, source, picked, tables={"v": "visits", "u": "urls"}):
            numbers.add(row["id"])
            at = from_webkit(row["at"])
            how = _CHROMIUM_HOW.get(row["how"] & 0xFF) if isinstance(row["how"], int) else None
            facts = {"browser": "chromium", "how": how}
            hit = searched.get(row["url_id"]) if isinstance(row["url_id"], int) else None
            yield _visit(row, facts, place=f"visits/{row['id']}", at=at, hits=given.hits, search=hit)
        yield from numbers.summary("chromium", "visits")
        yield from _chromium_downloads(base)


def firefox(given: Given) -> Iterator[Artefact]:
    """Visits, searches, downloads (as annotations) and the numbering of a Firefox `places.sqlite`."""
    with opened(given) as base:
        numbers = _Numbers()
        picked = {
            "id": "v.id",
            "at": "v.visit_date",
            "how": "v.visit_type",
            "url": "p.url",
            "title": "p.title",
        }
        source = "moz_historyvisits AS v JOIN moz_places AS p ON p.id = v.place_id ORDER BY v.id"
        for row in rows(base, source, picked, tables={"v": "moz_historyvisits", "p": "moz_places"}):
            numbers.add(row["id"])
            at = from_unix_us(row["at"])
            facts = {"browser": "firefox", "how": _FIREFOX_HOW.get(row["how"])}
            yield _visit(row, facts, place=f"moz_historyvisits/{row['id']}", at=at, hits=given.hits)
        yield from numbers.summary("firefox", "moz_historyvisits")
        yield from _firefox_downloads(base)


def safari(given: Given) -> Iterator[Artefact]:
    """Visits and searches of a Safari `History.db`, and the addresses a person removed (`history_tombstones`)."""
    with opened(given) as base:
        numbers = _Numbers()
        picked = {"id": "v.id", "at": "v.visit_time", "title": "v.title", "url": "i.url"}
        source = "history_visits AS v JOIN history_items AS i ON i.id = v.history_item ORDER BY v.id"
        for row in rows(base, source, picked, tables={"v": "history_visits", "i": "history_items"}):
            numbers.add(row["id"])
            at = from_cocoa(row["at"])
            place = f"history_visits/{row['id']}"
            yield _visit(row, {"browser": "safari", "how": None}, place=place, at=at, hits=given.hits)
        yield from numbers.summary("safari", "history_visits")
        removed = {"id": "t.id", "from": "t.start_time", "until": "t.end_time"}
        for row in rows(base, "history_tombstones AS t", removed, tables={"t": "history_tombstones"}):
            until = from_cocoa(row["until"])
            facts = {"browser": "safari", "from": from_cocoa(row["from"]), "until": until}
            yield Artefact(
                "browser.removed", f"history_tombstones/{row['id']}", until, 1.0 if until else None, facts
            )


class _Numbers:
    """The row numbers of a history in order: a browser gives them out one by one, so a hole is rows that went."""

    def __init__(self) -> None:
        self.first: int | None = None
        self.last = self.count = self.holes = self.largest = 0

    def add(self, number: object) -> None:
        """Take the next row's number in."""
        if not isinstance(number, int):
            return
        if self.first is None:
            self.first = number
        elif number > self.last + 1:
            self.holes += 1
            self.largest = max(self.largest, number - self.last - 1)
        self.last = number
        self.count += 1

    def summary(self, browser: str, table: str) -> Iterator[Artefact]:
        """One artefact about the whole table, if it has rows."""
        if self.first is not None:
            facts = {"browser": browser, "first": self.first, "last": self.last, "rows": self.count}
            facts |= {"holes": self.holes, "largest_hole": self.largest}
            yield Artefact("browser.numbering", table, None, None, facts)


def _searched(base: sqlite3.Connection, hits: Hits) -> dict[int, tuple[str, ...]]:
    """Address number to the reviewer's lists hit, for the searches Chromium keeps itself."""
    picked = {"url_id": "k.url_id", "term": "k.term"}
    return {
        row["url_id"]: tuple(hits(str(row["term"])))
        for row in rows(base, "keyword_search_terms AS k", picked, tables={"k": "keyword_search_terms"})
        if isinstance(row["url_id"], int)
    }


def _visit(
    row: dict[str, Any],
    facts: dict[str, Any],
    *,
    place: str,
    at: str | None,
    hits: Hits,
    search: tuple[str, ...] | None = None,
) -> Artefact:
    """A visit, a search, or a file of the device itself that was opened in the browser."""
    url = row["url"] if isinstance(row["url"], str) else ""
    precision = 1.0 if at else None
    if url.lower().startswith("file:"):
        target = shown(unquote(url[5:].lstrip("/")))
        return Artefact("file.opened", place, at, precision, {"program": facts["browser"], "target": target})
    host, asked = _looked_for(url)
    if search is not None or asked is not None:
        said = sorted({*(search or ()), *hits(asked or "")})
        return Artefact("browser.search", place, at, precision, facts | {"host": host, "hits": said})
    title = row["title"] if isinstance(row["title"], str) else ""
    digest = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
    facts |= {"host": host, "url_sha256": digest, "hits": sorted(set(hits(f"{title} {unquote_plus(url)}")))}
    return Artefact("browser.visit", place, at, precision, facts)


def _looked_for(url: str) -> tuple[str | None, str | None]:
    """The host of an address, and the words asked for when the address has the form of a search."""
    try:
        parts = urlsplit(url[:8192])
        host = parts.hostname
        fields = parse_qsl(parts.query, max_num_fields=200)
    except ValueError:
        return None, None
    at_a_search = "search" in f"{host}{parts.path}".lower()
    for name, value in fields:
        key = name.lower()
        if value and (key in _ASKED or (at_a_search and key in _ASKED_AT_A_SEARCH_HOST)):
            return shown(host), value
    return shown(host), None


def _chromium_downloads(base: sqlite3.Connection) -> Iterator[Artefact]:
    names = ("id", "target_path", "start_time", "end_time", "received_bytes", "total_bytes", "state", "opened",
             "last_access_time", "mime_type", "tab_url", "referrer")  # fmt: skip
    picked = {name: f"d.{name}" for name in names}
    for row in rows(base, "downloads AS d ORDER BY d.id", picked, tables={"d": "downloads"}):
        at = from_webkit(row["start_time"])
        url = next((u for u in (row["tab_url"], row["referrer"]) if isinstance(u, str) and u), "")
        facts = {
            "browser": "chromium",
            "target": shown(row["target_path"]),
            "host": _looked_for(url)[0],
            "bytes": row["received_bytes"] if isinstance(row["received_bytes"], int) else None,
            "state": _CHROMIUM_STATE.get(row["state"]),
            "opened": bool(row["opened"]) if row["opened"] is not None else None,
            "ended": from_webkit(row["end_time"]),
            "mime": shown(row["mime_type"]),
        }
        yield Artefact("download", f"downloads/{row['id']}", at, 1.0 if at else None, facts)


def _firefox_downloads(base: sqlite3.Connection) -> Iterator[Artefact]:
    picked = {"id": "a.id", "content": "a.content", "at": "a.dateAdded", "name": "n.name", "url": "p.url"}
    source = (
        "moz_annos AS a JOIN moz_anno_attributes AS n ON n.id = a.anno_attribute_id "
        "JOIN moz_places AS p ON p.id = a.place_id ORDER BY a.id"
    )
    tables = {"a": "moz_annos", "n": "moz_anno_attributes", "p": "moz_places"}
    for row in rows(base, source, picked, tables=tables):
        content = row["content"]
        if row["name"] != "downloads/destinationFileURI" or not isinstance(content, str):
            continue
        at = from_unix_us(row["at"])
        target = shown(unquote(content.removeprefix("file://")))
        host = _looked_for(row["url"])[0] if isinstance(row["url"], str) else None
        facts = {"browser": "firefox", "target": target, "host": host, "state": None, "opened": None}
        yield Artefact("download", f"moz_annos/{row['id']}", at, 1.0 if at else None, facts)

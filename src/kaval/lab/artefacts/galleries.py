"""What phone galleries say of each picture: which program brought it, when, what became of it.

Tried with databases written here after the public layouts: Android's MediaStore (`external.db`, table `files`) and iOS
`Photos.sqlite` (`ZASSET`, before iOS 14 `ZGENERICASSET`). Addresses a file came from are kept by host only. Counters of
iOS begin anew at a restore, so a zero says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from kaval.lab.artefacts.clocks import from_cocoa, from_unix
from kaval.lab.artefacts.databases import columns, opened, rows
from kaval.lab.artefacts.given import Given, shown
from kaval.lab.shapes import Artefact


def media_store(given: Given) -> Iterator[Artefact]:
    """How each file came to an Android device (owner package, host), whether it lies in the bin or was marked."""
    names = (
        "_id",
        "_data",
        "date_added",
        "owner_package_name",
        "referer_uri",
        "download_uri",
        "is_trashed",
        "is_favorite",
    )
    with opened(given) as base:
        picked = {name: f"f.{name}" for name in names}
        for row in rows(base, "files AS f ORDER BY f._id", picked, tables={"f": "files"}):
            target, place = shown(row["_data"]), f"files/{row['_id']}"
            if target is None:
                continue
            at = from_unix(row["date_added"])
            came = {"target": target, "by": shown(row["owner_package_name"])}
            came["host"] = _host(row["referer_uri"]) or _host(row["download_uri"])
            if came["by"] or came["host"]:
                yield Artefact("file.came", place, at, 1.0 if at else None, came)
            if row["is_trashed"]:
                yield Artefact("file.deleted", place, None, None, {"target": target, "from": "MediaStore"})
            if row["is_favorite"]:
                yield Artefact("file.marked", place, None, None, {"target": target, "how": "favourite"})


def _host(address: object) -> str | None:
    try:
        return shown(urlsplit(address).hostname) if isinstance(address, str) else None
    except ValueError:
        return None


def ios_photos(given: Given) -> Iterator[Artefact]:
    """How each picture came to an iPhone or iPad, whether it was shown, shared, marked, hidden or put into the bin."""
    with opened(given) as base:
        table = "ZASSET" if columns(base, "ZASSET") else "ZGENERICASSET"
        of_asset = {"id": "Z_PK", "folder": "ZDIRECTORY", "name": "ZFILENAME", "added": "ZADDEDDATE",
                    "trashed": "ZTRASHEDSTATE", "trashed_at": "ZTRASHEDDATE", "favourite": "ZFAVORITE",
                    "hidden": "ZHIDDEN", "shared_at": "ZLASTSHAREDDATE"}  # fmt: skip
        of_more = {"by": "ZIMPORTEDBYBUNDLEIDENTIFIER", "views": "ZVIEWCOUNT", "plays": "ZPLAYCOUNT",
                   "shares": "ZSHARECOUNT"}  # fmt: skip
        picked = {key: f"a.{column}" for key, column in of_asset.items()}
        picked |= {key: f"m.{column}" for key, column in of_more.items()}
        source = f"{table} AS a JOIN ZADDITIONALASSETATTRIBUTES AS m ON m.ZASSET = a.Z_PK ORDER BY a.Z_PK"
        for row in rows(base, source, picked, tables={"a": table, "m": "ZADDITIONALASSETATTRIBUTES"}):
            yield from _of_asset(row, table)


def _of_asset(row: dict[str, Any], table: str) -> Iterator[Artefact]:
    target, place = shown(f"{row['folder'] or ''}/{row['name'] or ''}".lstrip("/")), f"{table}/{row['id']}"
    if target is None or not row["name"]:
        return

    def record(kind: str, at: str | None, **facts: Any) -> Artefact:
        return Artefact(kind, place, at, 1.0 if at else None, {"target": target, **facts})

    if shown(row["by"]):
        yield record("file.came", from_cocoa(row["added"]), by=shown(row["by"]), host=None)
    seen = sum(count for count in (row["views"], row["plays"]) if isinstance(count, int) and count > 0)
    if seen:
        yield record("file.opened", None, count=seen, program="Photos")
    if isinstance(row["shares"], int) and row["shares"] > 0:
        yield record("file.shared", from_cocoa(row["shared_at"]), count=row["shares"], program="Photos")
    if row["trashed"]:
        yield record("file.deleted", from_cocoa(row["trashed_at"]), **{"from": "Photos"})
    for how in ("favourite", "hidden"):
        if row[how]:
            yield record("file.marked", None, how=how)

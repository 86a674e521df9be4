"""What a device remembers: the readers of its traces, chosen by name and type, each ending in records or in trouble.

`wanted` says which reader a file is for; `read` runs it. Nothing a file holds ends a run: what cannot be read is a
`Trouble` with code `artefact-unreadable`, and what was read before it stands. Paths in `target` are as the device wrote
them, with `/`. Kinds, with the facts that rules ask for:

    browser.visit (host, url_sha256, hits)  browser.search (host, hits)  browser.numbering (holes, largest_hole)
    browser.removed   download (target, host, opened)   device.search (hits)
    file.opened, file.played, file.deleted, file.shared, file.marked, shortcut, thumbnail (target, sha256)
    file.came (target, by, host)   p2p.transfer (target, bytes, uploaded, downloaded)
    program.run (program, run_count)   program.present (program)   install (program or package)   app.used (package)
    autostart (name, target)   setting.auto_download (on, network)   setting.clear_pagefile
    system.installed, device.set_up (time alone)   device.connected (product, serial)   account (service, name)
    log.cleared (event)   log.span (records, first, last)   container.encrypted (format)   container.possible
"""

from __future__ import annotations

import re
import sqlite3
import struct
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import BinaryIO

from kaval.engine.kernel.errors import ReaderError
from kaval.lab.artefacts.given import MAX_ARTEFACTS, MAX_BYTES, Given, Hits, base_name, no_lists, shown
from kaval.lab.shapes import Artefact
from kaval.lab.sources.entry import Trouble

CONTAINER_BYTES = 256 * 1024
_Reader = Callable[[Given], Iterator[Artefact]]
_SQLITE, _UNKNOWN, _OLE = "application/vnd.sqlite3", "application/octet-stream", "application/x-ole-storage"
# Where each reader lives: imported when first needed, so that a run without such files loads none of them.
_READERS = {
    "activities": "players",
    "android_accounts": "android",
    "chromium": "browser",
    "container": "containers",
    "custom_jump_list": "windows",
    "desktop_thumbnail": "thumbnails",
    "emule": "sharing",
    "event_log": "windows",
    "firefox": "browser",
    "ios_accounts": "android",
    "ios_photos": "galleries",
    "jump_list": "windows",
    "media_store": "galleries",
    "packages": "android",
    "prefetch": "windows",
    "preferences": "android",
    "quarantine": "players",
    "recently_used": "players",
    "recycled": "windows",
    "registry": "registry",
    "safari": "browser",
    "shell": "shells",
    "shortcut": "windows",
    "thumb_cache": "thumbnails",
    "thumbs_db": "thumbnails",
    "torrents": "sharing",
    "usage": "android",
    "vlc": "players",
    "vlc_media": "players",
}
_DATABASES = frozenset(
    ("activities", "android_accounts", "chromium", "firefox", "ios_accounts", "ios_photos", "media_store",
     "quarantine", "safari", "vlc_media")
)  # fmt: skip
# By the file's whole name: reader and type (empty: any type).
_BY_NAME = {
    "history": ("chromium", _SQLITE),
    "archived history": ("chromium", _SQLITE),
    "places.sqlite": ("firefox", _SQLITE),
    "history.db": ("safari", _SQLITE),
    "accounts.db": ("android_accounts", _SQLITE),
    "accounts_ce.db": ("android_accounts", _SQLITE),
    "accounts_de.db": ("android_accounts", _SQLITE),
    "accounts3.sqlite": ("ios_accounts", _SQLITE),
    "activitiescache.db": ("activities", _SQLITE),
    "external.db": ("media_store", _SQLITE),
    "photos.sqlite": ("ios_photos", _SQLITE),
    "vlc_media.db": ("vlc_media", _SQLITE),
    "com.apple.launchservices.quarantineeventsv2": ("quarantine", _SQLITE),
    "ntuser.dat": ("registry", _UNKNOWN),
    "usrclass.dat": ("registry", _UNKNOWN),
    "software": ("registry", _UNKNOWN),
    "system": ("registry", _UNKNOWN),
    "sam": ("registry", _UNKNOWN),
    "amcache.hve": ("registry", _UNKNOWN),
    "security.evtx": ("event_log", _UNKNOWN),
    "system.evtx": ("event_log", _UNKNOWN),
    "application.evtx": ("event_log", _UNKNOWN),
    "thumbs.db": ("thumbs_db", _OLE),
    ".bash_history": ("shell", ""),
    ".zsh_history": ("shell", ""),
    "consolehost_history.txt": ("shell", ""),
    "known.met": ("emule", _UNKNOWN),
    "resume.dat": ("torrents", ""),
    "packages.xml": ("packages", ""),
    "com.whatsapp_preferences_light.xml": ("preferences", ""),
    "com.whatsapp_preferences.xml": ("preferences", ""),
    "vlc-qt-interface.ini": ("vlc", ""),
    "recently-used.xbel": ("recently_used", ""),
}
# By the end of the name, or by a part of the path: reader, pattern on the lower-case path, types.
_BY_PATTERN = tuple(
    (reader, re.compile(pattern), types)
    for reader, pattern, types in (
        ("prefetch", r"\.pf$", (_UNKNOWN,)),
        ("torrents", r"\.fastresume$|(^|/)transmission[^/]*/resume/[^/]+\.resume$", (_UNKNOWN, "text/plain")),
        ("shortcut", r"\.lnk$", (_UNKNOWN,)),
        ("jump_list", r"\.automaticdestinations-ms$", (_OLE,)),
        ("custom_jump_list", r"\.customdestinations-ms$", (_UNKNOWN,)),
        ("recycled", r"(^|/)\$recycle\.bin/(.*/)?\$i[^/]*$", (_UNKNOWN,)),
        ("thumb_cache", r"(^|/)thumbcache_[^/]*\.db$", (_UNKNOWN,)),
        (
            "desktop_thumbnail",
            r"(^|/)\.?thumbnails/(normal|large|x-large|xx-large)/[^/]*\.png$",
            ("image/png",),
        ),
        ("usage", r"(^|/)usagestats/(.*/)?(daily|weekly|monthly|yearly)/\d+$", ("text/xml",)),
        (
            "container",
            r"(^|/)([^/.]+|[^/]+\.(hc|tc|vc|luks|dmg|sparseimage))$",
            (_UNKNOWN,),
        ),
    )
)


def wanted(path: str, mime: str) -> str | None:
    """The reader of a file by its path in the source and its type by content; None: no artefact reader wants it."""
    found = _BY_NAME.get(base_name(path))
    if found is not None and found[1] in ("", mime):
        return found[0]
    if mime not in _PATTERN_TYPES:
        return None
    lower = path.lower()
    return next(
        (reader for reader, pattern, types in _BY_PATTERN if mime in types and pattern.search(lower)), None
    )


_PATTERN_TYPES = frozenset(mime for _, _, types in _BY_PATTERN for mime in types)


def wants_log(reader: str) -> bool:
    """True when the reader's file is a database whose `-wal` beside it (if any) should be given too."""
    return reader in _DATABASES


def first_bytes(reader: str) -> int | None:
    """How many of a file's first bytes are enough for the reader, be it to say that it is too large; None: all."""
    if reader == "container":
        return CONTAINER_BYTES
    return None if reader == "thumb_cache" else MAX_BYTES + 1


def read(
    reader: str, file: BinaryIO, *, path: str, wal: BinaryIO | None = None, hits: Hits = no_lists
) -> Iterator[Artefact | Trouble]:
    """The artefacts of a file in the order of its records; trouble as a record.

    `file` is seekable. `hits` gives the labels of the reviewer's lists that a text hits. A library that is not
    installed is a trouble too: one shortcut in a folder must not end a run that needs the library for nothing else.

    Raises:
        KeyError: no such reader.
    """
    try:
        function = _function(reader)
    except ImportError as missing:
        text = f"{reader} needs {missing.name}, which is not installed"
        yield Trouble(path, "reader-not-installed", text, "Install the extra `lab` and examine again")
        return
    given = Given(file, path, wal, hits)
    count = 0
    try:
        for artefact in function(given):
            count += 1
            if count > MAX_ARTEFACTS:
                yield Trouble(path, "too-many-artefacts", f"{MAX_ARTEFACTS} were read; the rest was not")
                return
            yield artefact
    except (
        ReaderError,
        OSError,
        sqlite3.Error,
        struct.error,
        ValueError,
        LookupError,
        ArithmeticError,
        MemoryError,
        RecursionError,
    ) as error:
        yield Trouble(
            path,
            "artefact-unreadable",
            shown(f"{reader}: {type(error).__name__}: {error}"[:300]) or reader,
            "What was read before stands; read the rest with another tool",
        )


def _function(reader: str) -> _Reader:
    function: _Reader = getattr(import_module(f"{__name__}.{_READERS[reader]}"), reader)
    return function

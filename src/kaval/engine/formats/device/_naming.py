"""The tools' names of a record's values become ours where a rule asks for them; all others stay as the tool has them.

`url`, `title`; `term` of a search; `target`, the file that was opened, fetched, deleted or attached; `program`,
`package`, `name` of applications; `direction` `sent` or `received`. Names compare by their letters alone, in any case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_LETTERS = re.compile(r"[^a-z]")
_EVERYWHERE = {
    "url": "url",
    "pageurl": "url",
    "title": "title",
    "pagetitle": "title",
    "direction": "direction",
}
_FILES = dict.fromkeys(
    (
        "path",
        "filepath",
        "fullpath",
        "targetpath",
        "linkedpath",
        "localpath",
        "originalpath",
        "savedas",
        "savedto",
        "downloadlocation",
        "targetfile",
    ),
    "target",
)
_PROGRAMS = dict.fromkeys(("name", "application", "applicationname", "progname", "programname"), "program")
_PACKAGES = dict.fromkeys(("identifier", "bundle", "bundleid", "packagename", "package"), "package")
_BY_KIND: Mapping[str, Mapping[str, str]] = {
    "app.used": _PROGRAMS | _PACKAGES,
    "browser.search": dict.fromkeys(("value", "searchterm", "text", "query", "searchquery"), "term"),
    "download": _FILES,
    "file.deleted": _FILES,
    "file.opened": _FILES,
    "install": _PACKAGES | dict.fromkeys(_PROGRAMS, "name"),
    "program.run": _PROGRAMS,
}
_DIRECTIONS = {
    "outgoing": "sent",
    "sent": "sent",
    "incoming": "received",
    "received": "received",
    "inbox": "received",
}


@lru_cache(maxsize=4096)
def letters(name: str) -> str:
    """The letters of a name in lower case."""
    return _LETTERS.sub("", name.lower())


def named(kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a record of a kind under our names; of two values for one of ours the first stays it."""
    own = _BY_KIND.get(kind, {})
    found: dict[str, Any] = {}
    for name, value in facts.items():
        bare = letters(name)
        ours = own.get(bare) or _EVERYWHERE.get(bare) or name
        found[ours if ours not in found else name] = value
    if "direction" in found:
        said = str(found["direction"]).lower()
        found["direction"] = _DIRECTIONS.get(said, said)
    return found

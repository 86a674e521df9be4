"""What Android remembers: applications and when they came, what was used, accounts, whether a messenger saves media.

Tried with files written here: `packages.xml` as text and as binary XML (ABX, Android 12), usage statistics as XML
(until Android 9; later ones are protocol buffers and are not read), `accounts*.db`, preferences of WhatsApp. Passwords
and tokens of accounts lie in the same tables and are never asked for. Also accounts of iOS (`Accounts3.sqlite`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats._xml import local, parse
from kaval.lab.artefacts.abx import as_elements
from kaval.lab.artefacts.clocks import from_cocoa, from_unix_ms
from kaval.lab.artefacts.databases import opened, rows
from kaval.lab.artefacts.given import Given, shown
from kaval.lab.shapes import Artefact

_LARGEST = 64 * 1024 * 1024
_AUTO = re.compile(r"autodownload_(wifi|cellular|roaming)_mask")
Element = tuple[str, dict[str, str]]


def _elements(given: Given) -> Iterator[Element]:
    """Start tags with their attributes, of text or binary XML."""
    content = given.whole(_LARGEST)
    if content[:4] == b"ABX\x00":
        yield from as_elements(content)
        return
    root, _ = parse(ReceivedFile(given.path, content))
    for element in root.iter("*"):
        facts = {str(name): str(value) for name, value in element.attrib.items()}
        yield local(element), facts


def packages(given: Given) -> Iterator[Artefact]:
    """Every application with the time it was first installed, and the time of the user's oldest one."""
    oldest: int | None = None
    for tag, facts in _elements(given):
        if tag != "package" or not facts.get("name"):
            continue
        installed = _hex(facts.get("it"))
        at = from_unix_ms(installed)
        where = facts.get("codePath", "")
        own = where.startswith("/data/")
        if own and at and installed is not None:
            oldest = installed if oldest is None else min(oldest, installed)
        said = {"package": shown(facts["name"]), "user": own, "updated": from_unix_ms(_hex(facts.get("ut")))}
        said["installer"] = shown(facts.get("installer"))
        yield Artefact("install", f"package/{shown(facts['name'])}", at, 1.0 if at else None, said)
    at = from_unix_ms(oldest)
    if at:
        yield Artefact("device.set_up", "packages", at, 1.0, {"from": "oldest application of the user"})


def _hex(text: str | None) -> int | None:
    """A time as `packages.xml` keeps it: milliseconds in hexadecimal."""
    try:
        return int(text, 16) if text and len(text) <= 16 else None
    except ValueError:
        return None


def usage(given: Given) -> Iterator[Artefact]:
    """Applications that were used in the span of one statistics file, with the time of the last use.

    The file's name is the span's first millisecond; times inside count from it.
    """
    name = given.path.replace("\\", "/").rsplit("/", 1)[-1]
    begins = int(name) if name.isdecimal() and len(name) < 16 else None
    for tag, facts in _elements(given):
        package, last = facts.get("package"), facts.get("lastTimeActive", "")
        if (
            tag != "package"
            or not package
            or begins is None
            or not last.lstrip("-").isdecimal()
            or len(last) > 16
        ):
            continue
        at = from_unix_ms(begins + abs(int(last)))
        said = {"package": shown(package), "active_ms": _decimal(facts.get("timeActive"))}
        yield Artefact("app.used", f"package/{shown(package)}", at, 1.0 if at else None, said)


def _decimal(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 16 else None


def preferences(given: Given) -> Iterator[Artefact]:
    """Whether a messenger saves pictures by itself, for each kind of network; unset is not stated in the file."""
    for tag, facts in _elements(given):
        name = facts.get("name", "")
        found = _AUTO.fullmatch(name)
        if tag == "int" and found:
            mask = _decimal(facts.get("value"))
            said = {"network": found[1], "on": bool(mask), "app": "whatsapp"}
            yield Artefact("setting.auto_download", name, None, None, said)


def android_accounts(given: Given) -> Iterator[Artefact]:
    """Accounts known to the device: service and name, nothing else of their row."""
    with opened(given) as base:
        picked = {"id": "a._id", "service": "a.type", "name": "a.name"}
        for row in rows(base, "accounts AS a ORDER BY a._id", picked, tables={"a": "accounts"}):
            facts = {"service": shown(row["service"]), "name": shown(row["name"])}
            yield Artefact("account", f"accounts/{row['id']}", None, None, facts)


def ios_accounts(given: Given) -> Iterator[Artefact]:
    """Accounts known to an iPhone or iPad: service, name, and when they were set up."""
    with opened(given) as base:
        picked = {"id": "a.Z_PK", "name": "a.ZUSERNAME", "at": "a.ZDATE", "service": "t.ZIDENTIFIER"}
        source = "ZACCOUNT AS a LEFT JOIN ZACCOUNTTYPE AS t ON t.Z_PK = a.ZACCOUNTTYPE ORDER BY a.Z_PK"
        for row in rows(base, source, picked, tables={"a": "ZACCOUNT", "t": "ZACCOUNTTYPE"}):
            if shown(row["name"]):
                at = from_cocoa(row["at"])
                facts = {"service": shown(row["service"]), "name": shown(row["name"])}
                yield Artefact("account", f"ZACCOUNT/{row['id']}", at, 1.0 if at else None, facts)

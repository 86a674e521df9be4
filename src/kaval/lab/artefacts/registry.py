"""The Windows registry: programs run, files opened, what starts with the device, accounts, devices plugged in.

Read by libregf, without the transaction logs (`.LOG1`): the last minutes may be missing. Words typed into the search of
Explorer or into the Run box are never kept: that it happened, when, and whether a reviewer's list hits.
"""

from __future__ import annotations

import codecs
import io
import struct
from collections.abc import Callable, Iterator
from typing import Any

import pyregf

from kaval.lab.artefacts.clocks import from_filetime, from_unix
from kaval.lab.artefacts.given import Given, base_name, shown
from kaval.lab.shapes import Artefact

_EXPLORER = r"Software\Microsoft\Windows\CurrentVersion\Explorer"
_MOST = 20_000
_LAST_RUN_AT = {72: (4, 60), 16: (4, 8)}
Key = Any  # pyregf.key: the library has no types


def registry(given: Given) -> Iterator[Artefact]:
    """What one hive says, by which hive it is (its file name)."""
    file = pyregf.file()
    file.open_file_object(io.BytesIO(given.whole()))
    root = file.get_root_key()
    for look in _LOOKS.get(base_name(given.path), ()):
        yield from look(root, given)


def _children(key: Key) -> Iterator[Key]:
    if key is not None:
        for number in range(min(key.number_of_sub_keys, _MOST)):
            yield key.get_sub_key(number)


def _values(key: Key) -> Iterator[Any]:
    if key is not None:
        for number in range(min(key.number_of_values, _MOST)):
            yield key.get_value(number)


def _data(value: Any) -> bytes:
    return (value.data or b"") if value is not None else b""


def _name(key: Key) -> str:
    return key.name or ""


def _at(key: Key) -> str | None:
    return from_filetime(key.get_last_written_time_as_integer())


def _text(key: Key, name: str) -> str | None:
    value = key.get_value_by_name(name)
    return _said(value) if value is not None else None


def _said(value: Any) -> str | None:
    return value.data_as_string if value.type in (1, 2) and value.data else None


def _number(key: Key, name: str) -> int | None:
    value = key.get_value_by_name(name)
    return int(value.data_as_integer) if value is not None and value.type == 4 else None


def _artefact(kind: str, place: str, facts: dict[str, Any], *, at: str | None) -> Artefact:
    return Artefact(kind, shown(place) or "", at, 1.0 if at else None, facts)


def _user_assist(root: Key, _: Given) -> Iterator[Artefact]:
    for guid in _children(root.get_sub_key_by_path(rf"{_EXPLORER}\UserAssist")):
        for value in _values(guid.get_sub_key_by_name("Count")):
            name, content = codecs.decode(value.name or "", "rot13"), _data(value)
            if len(content) not in _LAST_RUN_AT or name.startswith("UEME_CTL"):
                continue
            counted, timed = _LAST_RUN_AT[len(content)]
            (count,), (ticks,) = (
                struct.unpack_from("<I", content, counted),
                struct.unpack_from("<Q", content, timed),
            )
            facts = {
                "program": shown(name.removeprefix("UEME_RUNPATH:")),
                "run_count": count,
                "from": "UserAssist",
            }
            yield _artefact("program.run", rf"UserAssist\{guid.name}", facts, at=from_filetime(ticks))


def _recent(root: Key, _: Given) -> Iterator[Artefact]:
    key = root.get_sub_key_by_path(rf"{_EXPLORER}\RecentDocs")
    for one in () if key is None else (key, *_children(key)):
        newest = _newest(one)
        for value in _values(one):
            if not (value.name or "").isdecimal():
                continue
            target = _wide(_data(value))
            at = _at(one) if newest == int(value.name) else None
            yield _artefact(
                "file.opened",
                rf"RecentDocs\{one.name}",
                {"target": shown(target), "from": "RecentDocs"},
                at=at,
            )
    for path in (
        r"Software\Microsoft\MediaPlayer\Player\RecentFileList",
        r"Software\MPC-HC\MPC-HC\Recent File List",
    ):
        key = root.get_sub_key_by_path(path)
        for value in _values(key):
            if (value.name or "").lower().startswith("file") and _said(value):
                facts = {"target": shown(_said(value)), "from": path.split("\\")[-2]}
                yield _artefact("file.played", path, facts, at=None)


def _wide(content: bytes) -> str:
    """The text before the first wide zero, at an even place."""
    for at in range(0, len(content) - 1, 2):
        if content[at : at + 2] == b"\0\0":
            return content[:at].decode("utf-16-le", "replace")
    return content.decode("utf-16-le", "replace")


def _newest(key: Key) -> int | None:
    """Which entry the key's own time belongs to: the first of its order."""
    order = key.get_value_by_name("MRUListEx")
    return (
        int.from_bytes(order.data[:4], "little")
        if order is not None and len(order.data or b"") >= 4
        else None
    )


def _typed(root: Key, given: Given) -> Iterator[Artefact]:
    key = root.get_sub_key_by_path(rf"{_EXPLORER}\WordWheelQuery")
    newest = _newest(key) if key is not None else None
    for value in _values(key):
        if (value.name or "").isdecimal():
            at = _at(key) if newest == int(value.name) else None
            facts = {"hits": sorted(set(given.hits(_wide(_data(value))))), "from": "WordWheelQuery"}
            yield _artefact("device.search", "WordWheelQuery", facts, at=at)
    for value in _values(root.get_sub_key_by_path(rf"{_EXPLORER}\RunMRU")):
        said = _said(value)
        if said and value.name != "MRUList":
            program = said.strip().split("\\1")[0].split(" ")[0]
            yield _artefact("program.run", "RunMRU", {"program": shown(program), "from": "RunMRU"}, at=None)


def _starts(root: Key, _: Given) -> Iterator[Artefact]:
    """What starts with the device or with its user, from the Run keys of either hive."""
    for prefix in (r"Software\Microsoft", r"Microsoft", r"Wow6432Node\Microsoft"):
        for name in ("Run", "RunOnce"):
            path = rf"{prefix}\Windows\CurrentVersion\{name}"
            key = root.get_sub_key_by_path(path)
            for value in _values(key):
                facts = {
                    "name": shown(value.name),
                    "target": shown(_program_in(_said(value) or "")),
                    "from": name,
                }
                yield _artefact("autostart", path, facts, at=_at(key))


def _program_in(command: str) -> str:
    """The program of a command line, without its arguments (they may hold anything)."""
    command = command.strip()
    if command.startswith('"'):
        return command[1:].split('"', 1)[0]
    cut = command.lower().find(".exe")
    return command[: cut + 4] if cut >= 0 else command.split(" ", 1)[0]


def _installed(root: Key, _: Given) -> Iterator[Artefact]:
    windows = root.get_sub_key_by_path(r"Microsoft\Windows NT\CurrentVersion")
    if windows is not None:
        at = from_unix(_number(windows, "InstallDate"))
        if at:
            facts = {"system": shown(_text(windows, "ProductName"))}
            yield _artefact("system.installed", r"Windows NT\CurrentVersion", facts, at=at)
    for prefix in ("Microsoft", r"Wow6432Node\Microsoft"):
        for key in _children(root.get_sub_key_by_path(rf"{prefix}\Windows\CurrentVersion\Uninstall")):
            name = _text(key, "DisplayName")
            if name:
                facts = {"program": shown(name), "version": shown(_text(key, "DisplayVersion"))}
                yield _artefact("install", rf"Uninstall\{key.name}", facts, at=_at(key))
    for key in _children(root.get_sub_key_by_path(r"Microsoft\Windows NT\CurrentVersion\ProfileList")):
        folder = _text(key, "ProfileImagePath")
        if folder and _name(key).startswith("S-1-5-21-"):
            facts = {
                "service": "windows",
                "name": shown(folder.rsplit("\\", 1)[-1]),
                "identifier": shown(_name(key)),
            }
            yield _artefact("account", rf"ProfileList\{key.name}", facts, at=None)


def _system(root: Key, _: Given) -> Iterator[Artefact]:
    select = root.get_sub_key_by_name("Select")
    number = _number(select, "Current") if select is not None else None
    current = root.get_sub_key_by_name(f"ControlSet{number or 1:03d}")
    if current is None:
        return
    for product in _children(current.get_sub_key_by_path(r"Enum\USBSTOR")):
        for device in _children(product):
            facts = {"product": shown(product.name), "serial": shown(device.name)}
            facts["label"] = shown(_text(device, "FriendlyName"))
            yield _artefact("device.connected", rf"USBSTOR\{product.name}", facts, at=_at(device))
    for path in (r"Services\bam\State\UserSettings", r"Services\bam\UserSettings"):
        for user in _children(current.get_sub_key_by_path(path)):
            for value in _values(user):
                if len(_data(value)) >= 8 and "\\" in (value.name or ""):
                    (ticks,) = struct.unpack_from("<Q", _data(value), 0)
                    facts = {"program": shown(value.name), "user": shown(user.name), "from": "BAM"}
                    yield _artefact("program.run", rf"bam\{user.name}", facts, at=from_filetime(ticks))
    memory = current.get_sub_key_by_path(r"Control\Session Manager\Memory Management")
    if memory is not None and _number(memory, "ClearPageFileAtShutdown"):
        yield _artefact("setting.clear_pagefile", "Memory Management", {}, at=_at(memory))
    for service in _children(current.get_sub_key_by_name("Services")):
        if _number(service, "Start") == 2 and (_number(service, "Type") or 0) & 0x30:
            target = shown(_program_in(_text(service, "ImagePath") or ""))
            facts = {"name": shown(service.name), "target": target, "from": "service"}
            yield _artefact("autostart", rf"Services\{service.name}", facts, at=_at(service))


def _accounts(root: Key, _: Given) -> Iterator[Artefact]:
    users = root.get_sub_key_by_path(r"SAM\Domains\Account\Users")
    for name in _children(users.get_sub_key_by_name("Names") if users is not None else None):
        number = next((value.type for value in _values(name)), 0)
        record = users.get_sub_key_by_name(f"{number:08X}")
        fixed = record.get_value_by_name("F") if record is not None else None
        ticks = int.from_bytes(_data(fixed)[8:16], "little")
        facts = {"service": "windows", "name": shown(name.name), "identifier": str(number)}
        yield _artefact("account", rf"Users\{number:08X}", facts, at=from_filetime(ticks))


def _programs_seen(root: Key, _: Given) -> Iterator[Artefact]:
    for key in _children(root.get_sub_key_by_path(r"Root\InventoryApplicationFile")):
        path = _text(key, "LowerCaseLongPath")
        if path:
            facts = {"program": shown(path), "from": "AmCache"}
            yield _artefact("program.present", rf"InventoryApplicationFile\{key.name}", facts, at=_at(key))


def _mui_cache(root: Key, _: Given) -> Iterator[Artefact]:
    path = r"Local Settings\Software\Microsoft\Windows\Shell\MuiCache"
    for value in _values(root.get_sub_key_by_path(path)):
        name = value.name or ""
        if name.endswith(".FriendlyAppName"):
            facts = {"program": shown(name.removesuffix(".FriendlyAppName")), "from": "MuiCache"}
            yield _artefact("program.run", "MuiCache", facts, at=None)


_Look = Callable[[Key, Given], Iterator[Artefact]]
_LOOKS: dict[str, tuple[_Look, ...]] = {
    "ntuser.dat": (_user_assist, _recent, _typed, _starts),
    "software": (_installed, _starts),
    "system": (_system,),
    "sam": (_accounts,),
    "amcache.hve": (_programs_seen,),
    "usrclass.dat": (_mui_cache,),
}

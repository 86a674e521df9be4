"""What phones, galleries, players and sharing programs remember is read from real small files."""

from __future__ import annotations

import struct

import pytest

from kaval.lab.shapes import Artefact
from kaval.lab.sources.entry import Trouble
from tests.lab import artefact_files as made
from tests.lab.artefact_files import AT, COCOA, UNIX, got, read


@pytest.mark.parametrize("binary", [False, True])
def test_the_packages_of_android_say_when_the_device_was_set_up(binary: bool) -> None:
    times = [
        ("com.example.notes", UNIX * 1000, "/data/app/x"),
        ("com.example.system", 1_230_768_000_000, "/system/app"),
    ]
    if binary:
        content = made.binary_xml(
            [("packages", {})] + [("package", {"name": n, "codePath": p, "it": t}) for n, t, p in times]
        )
    else:
        rows = "".join(f'<package name="{n}" codePath="{p}" it="{t:x}"/>' for n, t, p in times)
        content = f"<?xml version='1.0'?><packages>{rows}</packages>".encode()
    found = [one for one in read("data/system/packages.xml", content) if isinstance(one, Artefact)]
    assert [(one.kind, one.at) for one in found] == [
        ("install", AT), ("install", "2009-01-01T00:00:00Z"), ("device.set_up", AT),
    ]  # fmt: skip
    assert [one.facts["user"] for one in found[:2]] == [True, False]


def test_usage_accounts_and_automatic_download_of_phones() -> None:
    xml = b'<?xml version="1.0"?><usagestats><packages><package package="com.example.gone" lastTimeActive="600000"'
    xml += b' timeActive="9000"/></packages></usagestats>'
    (used,) = got(f"data/system/usagestats/0/daily/{(UNIX - 600) * 1000}", xml, "app.used")
    assert (used.at, used.facts["package"], used.facts["active_ms"]) == (AT, "com.example.gone", 9000)
    accounts = made.database(
        "CREATE TABLE accounts(_id, name, type, password)",
        {"accounts": [(1, "asha@example.org", "com.example", "hidden")]},
    )
    (account,) = got("data/system_ce/0/accounts_ce.db", accounts, "account")
    assert account.facts == {"service": "com.example", "name": "asha@example.org"}
    ios = made.database(
        "CREATE TABLE ZACCOUNT(Z_PK, ZUSERNAME, ZDATE, ZACCOUNTTYPE); CREATE TABLE ZACCOUNTTYPE(Z_PK, ZIDENTIFIER)",
        {"ZACCOUNT": [(1, "asha", float(COCOA), 4)], "ZACCOUNTTYPE": [(4, "com.example.cloud")]},
    )
    (own,) = got("private/var/mobile/Library/Accounts/Accounts3.sqlite", ios, "account")
    assert (own.at, own.facts["service"]) == (AT, "com.example.cloud")
    prefs = b'<?xml version="1.0"?><map><int name="autodownload_wifi_mask" value="1"/>'
    prefs += b'<int name="autodownload_roaming_mask" value="0"/></map>'
    path = "data/data/com.whatsapp/shared_prefs/com.whatsapp_preferences_light.xml"
    said = got(path, prefs, "setting.auto_download")
    assert [(one.facts["network"], one.facts["on"]) for one in said] == [("wifi", True), ("roaming", False)]


def test_players_and_desktops_say_what_was_played_and_opened() -> None:
    ini = b"[General]\nlist=no\n[RecentsMRL]\nlist=file:///home/asha/p%201.mp4, https://example.org/s, @Invalid()\n"
    played = got("home/asha/.config/vlc/vlc-qt-interface.ini", ini, "file.played")
    assert [(one.facts["target"], one.facts.get("host")) for one in played] == [
        ("home/asha/p 1.mp4", None), (None, "example.org"),
    ]  # fmt: skip
    media = made.database(
        "CREATE TABLE Media(id_media, play_count, last_played_date); CREATE TABLE File(media_id, mrl)",
        {
            "Media": [(1, 3, UNIX), (2, 0, None)],
            "File": [(1, "file:///sdcard/p.mp4"), (2, "file:///sdcard/q.mp4")],
        },
    )
    (film,) = got("data/data/org.videolan.vlc/app_db/vlc_media.db", media, "file.played")
    assert (film.at, film.facts["target"], film.facts["count"]) == (AT, "sdcard/p.mp4", 3)
    xbel = b"""<?xml version="1.0"?><xbel xmlns:b="urn:b"><bookmark href="file:///home/asha/p.png" visited="%s"><info>
    <metadata><b:applications><b:application name="Viewer"/></b:applications></metadata></info></bookmark></xbel>"""
    (opened,) = got("home/asha/.local/share/recently-used.xbel", xbel % AT.encode(), "file.opened")
    assert (opened.at, opened.facts["program"], opened.facts["target"]) == (AT, "Viewer", "home/asha/p.png")
    activity = made.database(
        "CREATE TABLE Activity(AppId, StartTime, Payload)",
        {"Activity": [
            ('[{"application":"Viewer.exe"}]', UNIX, b'{"contentUri":"file:///C:/p%20q.png?x","displayText":"t"}'),
            ('[{"application":"eraser.exe"}]', UNIX, "{}"),
        ]},
    )  # fmt: skip
    began = read("Users/asha/AppData/Local/ConnectedDevicesPlatform/x/ActivitiesCache.db", activity)
    assert [(one.kind, one.at, one.facts.get("target") or one.facts["program"])
            for one in began if isinstance(one, Artefact)] == [
        ("file.opened", AT, "C:/p q.png"), ("program.run", AT, "eraser.exe"),
    ]  # fmt: skip
    (deep,) = read("x/ActivitiesCache.db", made.database(
        "CREATE TABLE Activity(AppId, StartTime, Payload)", {"Activity": [("[" * 200_000, UNIX, None)]}
    ))  # fmt: skip
    assert isinstance(deep, Trouble)
    mac = made.database(
        "CREATE TABLE LSQuarantineEvent(LSQuarantineTimeStamp, LSQuarantineAgentName, LSQuarantineDataURLString)",
        {"LSQuarantineEvent": [(float(COCOA), "Browser", "https://example.org/p.png")]},
    )
    (came,) = got(
        "Users/asha/Library/Preferences/com.apple.LaunchServices.QuarantineEventsV2", mac, "download"
    )
    assert (came.at, came.facts["host"]) == (AT, "example.org")


def test_a_shell_gives_names_of_programs_and_no_command() -> None:
    typed = f"#{UNIX}\nsudo shred -u hidden.txt | cat\nA=1 ls hidden; shred x\n\n'\n".encode()
    found = [one for one in read("home/asha/.bash_history", typed) if isinstance(one, Artefact)]
    assert [(one.facts["program"], one.facts["run_count"], one.at) for one in found] == [
        ("shred", 2, AT), ("cat", 1, AT), ("ls", 1, None),
    ]  # fmt: skip
    assert "hidden" not in repr(found)
    (zsh,) = got("home/asha/.zsh_history", f": {UNIX}:0;wipe x\n".encode(), "program.run")
    assert (zsh.facts["program"], zsh.at) == ("wipe", AT)


def test_galleries_say_how_files_came_and_what_became_of_them() -> None:
    store = made.database(
        "CREATE TABLE files(_id, _data, date_added, owner_package_name, referer_uri, is_trashed, is_favorite)",
        {"files": [(1, "/storage/emulated/0/p.jpg", UNIX, "com.example.browser", "https://example.org/a", 1, 1),
                   (2, None, 0, None, None, 0, 0)]},
    )  # fmt: skip
    found = read("data/data/com.android.providers.media/databases/external.db", store)
    assert [(one.kind, one.at) for one in found if isinstance(one, Artefact)] == [
        ("file.came", AT), ("file.deleted", None), ("file.marked", None),
    ]  # fmt: skip
    photos = made.database(
        "CREATE TABLE ZASSET(Z_PK, ZDIRECTORY, ZFILENAME, ZADDEDDATE, ZTRASHEDSTATE, ZTRASHEDDATE, ZFAVORITE, ZHIDDEN);"
        "CREATE TABLE ZADDITIONALASSETATTRIBUTES(ZASSET, ZIMPORTEDBYBUNDLEIDENTIFIER, ZVIEWCOUNT, ZPLAYCOUNT,"
        "ZSHARECOUNT)",
        {"ZASSET": [(4, "DCIM/100APPLE", "IMG_1.JPG", float(COCOA), 1, float(COCOA), 0, 1)],
         "ZADDITIONALASSETATTRIBUTES": [(4, "com.example.chat", 2, 1, 1)]},
    )  # fmt: skip
    said = [one for one in read("PhotoData/Photos.sqlite", photos) if isinstance(one, Artefact)]
    assert [(one.kind, one.at) for one in said] == [
        ("file.came", AT), ("file.opened", None), ("file.shared", None), ("file.deleted", AT), ("file.marked", None),
    ]  # fmt: skip
    assert said[1].facts == {"target": "DCIM/100APPLE/IMG_1.JPG", "count": 3, "program": "Photos"}


def test_sharing_programs_say_what_was_passed_on() -> None:
    fast = b"d10:added_timei%de4:name8:patterns12:qBt-savePath6:/d/p2p14:total_uploadedi77ee" % UNIX
    (one,) = got("home/asha/.local/share/qBittorrent/BT_backup/ab.fastresume", fast, "p2p.transfer")
    assert (one.at, one.facts["target"], one.facts["uploaded"]) == (AT, "/d/p2p/patterns", 77)
    many = b"d9:x.torrentd4:path12:C:\\p2p\\p.png8:uploadedi0e8:added_oni%deee" % UNIX
    (other,) = got("Users/asha/AppData/Roaming/uTorrent/resume.dat", many, "p2p.transfer")
    assert (other.at, other.facts["target"], other.facts["uploaded"]) == (AT, "C:/p2p/p.png", 0)
    (deep,) = read("x/resume.dat", b"l" * 5000)
    assert isinstance(deep, Trouble)
    name = b"pattern-1.png"
    tags = b"\x82\x01" + struct.pack("<H", len(name)) + name + b"\x83\x02" + struct.pack("<I", 9)
    tags += b"\x03\x01\x00\x50" + struct.pack("<I", 18) + b"\x02\x03\x00abc" + struct.pack("<H", 1) + b"x"
    known = struct.pack("<BI", 0x0E, 1) + struct.pack("<I16sH", UNIX, bytes(16), 1) + bytes(16)
    known += struct.pack("<I", 4) + tags
    (mule,) = got("Users/asha/AppData/Local/eMule/config/known.met", known, "p2p.transfer")
    assert {key: mule.facts[key] for key in ("target", "bytes", "uploaded", "target_modified")} == {
        "target": "pattern-1.png", "bytes": 9, "uploaded": 18, "target_modified": AT,
    }  # fmt: skip

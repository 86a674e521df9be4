"""What devices remember is read from real small files; what is broken becomes a record; no typed word is kept."""

from __future__ import annotations

import io
import random
import struct
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.lab import artefacts
from kaval.lab.shapes import Artefact
from kaval.lab.sources.entry import Trouble
from tests.lab import artefact_files as made
from tests.lab.artefact_files import AT, COCOA, FILETIME, NONSENSE, UNIX, WEBKIT, got, read

CHROMIUM = """
CREATE TABLE urls(id INTEGER PRIMARY KEY, url, title, visit_count);
CREATE TABLE visits(id INTEGER PRIMARY KEY, url, visit_time, transition);
CREATE TABLE keyword_search_terms(keyword_id, url_id, term);
CREATE TABLE downloads(id INTEGER PRIMARY KEY, target_path, start_time, end_time, received_bytes, state, opened,
    tab_url);
"""
FIREFOX = """
CREATE TABLE moz_places(id INTEGER PRIMARY KEY, url, title);
CREATE TABLE moz_historyvisits(id INTEGER PRIMARY KEY, place_id, visit_date, visit_type);
CREATE TABLE moz_anno_attributes(id INTEGER PRIMARY KEY, name);
CREATE TABLE moz_annos(id INTEGER PRIMARY KEY, place_id, anno_attribute_id, content, dateAdded);
"""
SAFARI = """
CREATE TABLE history_items(id INTEGER PRIMARY KEY, url);
CREATE TABLE history_visits(id INTEGER PRIMARY KEY, history_item, visit_time, title);
CREATE TABLE history_tombstones(id INTEGER PRIMARY KEY, start_time, end_time);
"""


def chromium() -> bytes:
    rows: dict[str, list[tuple[Any, ...]]] = {
        "urls": [
            (1, "https://user:secret@example.org/page?x=1", "A page", 1),
            (2, f"https://search.example.com/?q={NONSENSE}+more", "", 1),
            (3, "file:///C:/Users/asha/Pictures/pattern%2001.png", "", 1),
            (4, "https://example.net/other", f"about {NONSENSE}", 1),
            (5, "https://example.com/find", "", 1),
        ],
        "visits": [
            (1, 1, WEBKIT, 0x30000000),
            (2, 2, WEBKIT, 1),
            (3, 3, WEBKIT, 1),
            (4, 4, WEBKIT, 0),
            (60, 5, WEBKIT, 7),
        ],
        "keyword_search_terms": [(1, 5, f"{NONSENSE} again")],
        "downloads": [
            (
                1,
                "C:\\Users\\asha\\Downloads\\pattern-1.png",
                WEBKIT,
                WEBKIT,
                9,
                1,
                1,
                "https://example.org/x",
            ),
            (2, None, 0, 0, 0, 2, 0, None),
        ],
    }
    return made.database(CHROMIUM, rows)


def test_a_chromium_history_gives_visits_searches_opened_files_and_downloads() -> None:
    found = read("Users/asha/AppData/Local/Chromium/User Data/Default/History", chromium())
    assert [one.kind for one in found if isinstance(one, Artefact)] == [
        "browser.visit", "browser.search", "file.opened", "browser.visit", "browser.search", "browser.numbering",
        "download", "download",
    ]  # fmt: skip
    visit, search, file, listed, form, numbering, download, empty = found
    assert isinstance(visit, Artefact)
    assert (visit.at, visit.precision_s, visit.place) == (AT, 1.0, "visits/1")
    assert (visit.facts["host"], visit.facts["how"], visit.facts["hits"]) == ("example.org", "link", [])
    assert isinstance(search, Artefact)
    assert search.facts == {
        "browser": "chromium",
        "how": "typed",
        "host": "search.example.com",
        "hits": ["list-1"],
    }
    assert isinstance(file, Artefact)
    assert file.facts["target"] == "C:/Users/asha/Pictures/pattern 01.png"
    assert isinstance(listed, Artefact)
    assert listed.facts["hits"] == ["list-1"]
    assert isinstance(form, Artefact)
    assert (form.facts["host"], form.facts["hits"]) == ("example.com", ["list-1"])
    assert isinstance(numbering, Artefact)
    assert numbering.facts == {
        "browser": "chromium", "first": 1, "last": 60, "rows": 5, "holes": 1, "largest_hole": 55,
    }  # fmt: skip
    assert isinstance(download, Artefact)
    assert download.facts["target"] == "C:/Users/asha/Downloads/pattern-1.png"
    assert (download.facts["host"], download.facts["state"], download.facts["opened"]) == (
        "example.org", "complete", True,
    )  # fmt: skip
    assert isinstance(empty, Artefact)
    assert (empty.at, empty.facts["state"], empty.facts["target"]) == (None, "cancelled", None)


def test_what_a_person_typed_is_kept_nowhere() -> None:
    found = read("History", chromium())
    assert NONSENSE not in repr(found)
    assert "secret" not in repr(found)
    words = made.Hive().put(
        r"Software\Microsoft\Windows\CurrentVersion\Explorer\WordWheelQuery",
        {"0": (3, made.wide(NONSENSE) + b"\0\0"), "MRUListEx": (3, bytes(4))},
    )
    said = read("Users/asha/NTUSER.DAT", words.content())
    assert NONSENSE not in repr(said)
    assert [one.facts["hits"] for one in said if isinstance(one, Artefact)] == [["list-1"]]


def test_a_firefox_and_a_safari_history_say_the_same_things() -> None:
    firefox = made.database(
        FIREFOX,
        {
            "moz_places": [(1, "https://example.org/a", "t"), (2, "https://example.com/?q=words", "")],
            "moz_historyvisits": [(1, 1, UNIX * 1_000_000, 1), (2, 2, UNIX * 1_000_000, 2)],
            "moz_anno_attributes": [(1, "downloads/destinationFileURI"), (2, "other")],
            "moz_annos": [(1, 1, 1, "file:///home/asha/pattern.png", UNIX * 1_000_000), (2, 1, 2, "x", 0)],
        },
    )
    found = read("home/asha/.mozilla/firefox/x.default/places.sqlite", firefox)
    kinds = [(one.kind, one.at) for one in found if isinstance(one, Artefact)]
    assert kinds == [
        ("browser.visit", AT), ("browser.search", AT), ("browser.numbering", None), ("download", AT),
    ]  # fmt: skip
    last = found[-1]
    assert isinstance(last, Artefact)
    assert last.facts["target"] == "/home/asha/pattern.png"
    safari = made.database(
        SAFARI,
        {
            "history_items": [(1, "https://example.org/a")],
            "history_visits": [(7, 1, float(COCOA), "t")],
            "history_tombstones": [(1, float(COCOA), float(COCOA))],
        },
    )
    said = read("Users/asha/Library/Safari/History.db", safari)
    assert [(one.kind, one.at) for one in said if isinstance(one, Artefact)] == [
        ("browser.visit", AT), ("browser.numbering", None), ("browser.removed", AT),
    ]  # fmt: skip


def test_visits_that_stand_only_in_the_write_ahead_log_are_read_when_it_is_given(tmp_path: Path) -> None:
    later = (
        f"INSERT INTO urls VALUES(1,'https://example.org/','t',1);INSERT INTO visits VALUES(1,1,{WEBKIT},0);"
    )
    base, log = made.logged_database(tmp_path, CHROMIUM, later)
    assert [one.kind for one in read("History", base, wal=log) if isinstance(one, Artefact)] == [
        "browser.visit", "browser.numbering",
    ]  # fmt: skip
    assert read("History", base) == []
    assert read("History", base, wal=log[: len(log) - 10]) == []
    assert read("History", base, wal=b"\x37\x7f\x06\x82" + bytes(40)) == []


def test_a_view_in_the_place_of_a_table_and_an_endless_query_do_not_run() -> None:
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, i AS url FROM n"
    )
    content = made.database(f"CREATE TABLE urls(id, url, title); CREATE VIEW visits AS {endless};", {})
    assert read("History", content) == []


def test_a_prefetch_file_says_what_ran_when_and_which_media_it_touched() -> None:
    name = "\\DEVICE\\HARDDISKVOLUME1\\USERS\\ASHA\\PICTURES\\PATTERN.PNG"
    content = made.prefetch17(
        "PLAYER.EXE", [name, "\\DEVICE\\HARDDISKVOLUME1\\WINDOWS\\SYSTEM32\\NTDLL.DLL"], runs=4
    )
    run, *opened = read("Windows/Prefetch/PLAYER.EXE-ABCDEF01.pf", content)
    assert isinstance(run, Artefact)
    assert (run.kind, run.at, run.facts["program"], run.facts["run_count"]) == (
        "program.run",
        AT,
        "PLAYER.EXE",
        4,
    )
    assert [one.facts["target"] for one in opened if isinstance(one, Artefact)] == [
        "USERS/ASHA/PICTURES/PATTERN.PNG"
    ]
    (bomb,) = read("Windows/Prefetch/X.EXE-1.pf", b"MAM\x04" + struct.pack("<I", 1 << 30) + bytes(64))
    assert isinstance(bomb, Trouble)


def test_shortcuts_and_jump_lists_name_opened_files() -> None:
    link = made.shortcut("E:\\patterns\\p1.png")
    recent = "Users/asha/AppData/Roaming/Microsoft/Windows/Recent/p1.lnk"
    (opened,) = got(recent, link, "file.opened")
    assert opened.facts["target"] == "E:/patterns/p1.png"
    assert (opened.facts["removable"], opened.facts["volume_serial"]) == (True, "0badf00d")
    assert got("Users/asha/Desktop/p1.lnk", link, "shortcut")[0].facts["target"] == "E:/patterns/p1.png"
    for version in (1, 4):
        listed = made.destinations([("C:\\patterns\\a.png", 3), ("C:\\patterns\\b.png", 1)], version=version)
        content = made.compound({"1": link, "DestList": listed})
        found = got(f"{recent}/../1b4dd67f29cb1962.automaticDestinations-ms", content, "file.opened")
        assert [one.facts["target"] for one in found] == ["C:/patterns/a.png", "C:/patterns/b.png"]
        assert [one.at for one in found] == [AT, AT]
        assert found[0].facts["app_id"] == "1b4dd67f29cb1962"
        assert found[0].facts["count"] == (3 if version >= 3 else None)
    own = got("x/5afe4de1b92fc382.customDestinations-ms", bytes(24) + link + link, "file.opened")
    assert [one.place for one in own] == ["offset/24", f"offset/{24 + len(link)}"]


@pytest.mark.parametrize("version", [1, 2])
def test_the_recycle_bin_says_what_was_deleted_and_when(version: int) -> None:
    content = made.recycled("C:\\Users\\asha\\pattern-1.png", version=version)
    (deleted,) = got("$Recycle.Bin/S-1-5-21-1-2-3-1001/$IABCDEF.png", content, "file.deleted")
    assert (deleted.at, deleted.facts["target"], deleted.facts["bytes"]) == (
        AT,
        "C:/Users/asha/pattern-1.png",
        4096,
    )


@pytest.mark.parametrize("version", [0x15, 0x20])
def test_a_store_of_previews_gives_digests_and_nothing_to_see(version: int) -> None:
    one, two = made.preview({}), made.preview({"Title": "b"})
    path = "Users/asha/AppData/Local/Microsoft/Windows/Explorer/thumbcache_96.db"
    found = got(path, made.thumb_cache([one, two, b""], version=version), "thumbnail")
    assert [facts.facts["mime"] for facts in found] == ["image/png", "image/png"]
    assert len({facts.facts["sha256"] for facts in found}) == 2
    assert [facts.facts["bytes"] for facts in found] == [len(one), len(two)]


def test_thumbs_db_names_the_pictures_a_folder_once_held() -> None:
    name = made.wide("pattern-1.png") + b"\0\0"
    catalogue = (
        struct.pack("<HHIII", 16, 7, 1, 96, 96) + struct.pack("<IIQ", 16 + len(name), 12, FILETIME) + name
    )
    content = made.compound({"21": bytes(12) + made.preview({}), "Catalog": catalogue})
    (found,) = got("Users/asha/Pictures/Thumbs.db", content, "thumbnail")
    assert found.facts["target"] == "Users/asha/Pictures/pattern-1.png"
    assert (found.facts["target_modified"], found.facts["mime"]) == (AT, "image/png")
    png = made.preview({"Thumb::URI": "file:///home/asha/p%201.png", "Thumb::MTime": str(UNIX)})
    (desktop,) = got("home/asha/.cache/thumbnails/normal/0123.png", png, "thumbnail")
    assert (desktop.facts["target"], desktop.facts["target_modified"]) == ("/home/asha/p 1.png", AT)


def test_a_cleared_event_log_is_told_by_its_event() -> None:
    found = read("Windows/System32/winevt/Logs/Security.evtx", made.event_log([4624, 1102, 4625]))
    cleared = [one for one in found if isinstance(one, Artefact) and one.kind == "log.cleared"]
    assert [(one.at, one.facts["event"], one.place) for one in cleared] == [(AT, 1102, "record/2")]
    last = found[-1]
    assert isinstance(last, Artefact)
    assert (last.kind, last.facts["records"]) == ("log.span", 3)
    other = read(
        "Windows/System32/winevt/Logs/System.evtx", made.event_log([104], provider="Example-Provider")
    )
    assert [one.kind for one in other if isinstance(one, Artefact)] == ["log.span"]


def ntuser() -> bytes:
    explorer = r"Software\Microsoft\Windows\CurrentVersion\Explorer"
    count = rf"{explorer}\UserAssist\{{CEBFF5CD-ACE2-4F4F-9178-9926F41749EA}}\Count"
    run = struct.pack("<II", 0, 5).ljust(60, b"\0") + struct.pack("<Q", FILETIME) + bytes(4)
    hive = made.Hive().put(count, {"P:\\Gbbyf\\JvcrVg.rkr": (3, run)})
    hive.put(
        rf"{explorer}\RecentDocs",
        {"0": (3, made.wide("old.png") + bytes(8)), "1": (3, made.wide("new.png") + bytes(8)),
         "MRUListEx": (3, struct.pack("<II", 1, 0))},
    )  # fmt: skip
    hive.put(
        rf"{explorer}\RunMRU",
        {"a": made.text_value("tool.exe /x secret\\1"), "MRUList": made.text_value("a")},
    )
    start = r"Software\Microsoft\Windows\CurrentVersion\Run"
    return hive.put(start, {"Helper": made.text_value('"C:\\Tools\\help.exe" --quiet')}).content()


def test_the_hive_of_a_user_says_what_ran_was_opened_and_starts() -> None:
    found = [one for one in read("Users/asha/NTUSER.DAT", ntuser()) if isinstance(one, Artefact)]
    said = {(one.kind, one.facts.get("program") or one.facts.get("target"), one.at) for one in found}
    assert said == {
        ("program.run", "C:/Tools/WipeIt.exe", AT),
        ("file.opened", "old.png", None),
        ("file.opened", "new.png", AT),
        ("program.run", "tool.exe", None),
        ("autostart", "C:/Tools/help.exe", AT),
    }
    assert "secret" not in repr(found)


def test_the_hives_of_the_system_say_install_accounts_and_devices() -> None:
    software = made.Hive().put(
        r"Microsoft\Windows NT\CurrentVersion",
        {"InstallDate": made.number_value(UNIX), "ProductName": made.text_value("Windows 10 Pro")},
    )
    software.put(
        r"Microsoft\Windows NT\CurrentVersion\ProfileList\S-1-5-21-1-2-3-1001",
        {"ProfileImagePath": made.text_value("C:\\Users\\asha")},
    )
    software.put(
        r"Microsoft\Windows\CurrentVersion\Uninstall\X", {"DisplayName": made.text_value("BleachBit")}
    )
    path = "Windows/System32/config"
    found = [one for one in read(f"{path}/SOFTWARE", software.content()) if isinstance(one, Artefact)]
    assert [(one.kind, one.at) for one in found] == [
        ("system.installed", AT), ("install", AT), ("account", None),
    ]  # fmt: skip
    system = made.Hive().put("Select", {"Current": made.number_value(2)})
    system.put(
        r"ControlSet002\Enum\USBSTOR\Disk&Ven_X\0001", {"FriendlyName": made.text_value("X USB Device")}
    )
    system.put(
        r"ControlSet002\Control\Session Manager\Memory Management",
        {"ClearPageFileAtShutdown": made.number_value(1)},
    )
    user = r"ControlSet002\Services\bam\State\UserSettings\S-1-5-21-1"
    system.put(
        user, {"\\Device\\HarddiskVolume1\\Tools\\eraser.exe": (3, struct.pack("<Q", FILETIME) + bytes(16))}
    )
    service = {
        "Start": made.number_value(2),
        "Type": made.number_value(0x10),
        "ImagePath": made.text_value("C:\\s.exe -k"),
    }
    system.put(r"ControlSet002\Services\Svc", service)
    kinds = [
        (one.kind, one.at) for one in read(f"{path}/SYSTEM", system.content()) if isinstance(one, Artefact)
    ]
    assert kinds == [
        ("device.connected", AT), ("program.run", AT), ("setting.clear_pagefile", AT), ("autostart", AT),
    ]  # fmt: skip
    sam = made.Hive().put(
        r"SAM\Domains\Account\Users\000003E9", {"F": (3, bytes(8) + struct.pack("<Q", FILETIME))}
    )
    sam.put(r"SAM\Domains\Account\Users\Names\asha", {"": (0x3E9, b"")})
    (account,) = got(f"{path}/SAM", sam.content(), "account")
    assert (account.facts["name"], account.at) == ("asha", AT)
    cache = made.Hive().put(
        r"Root\InventoryApplicationFile\x|1", {"LowerCaseLongPath": made.text_value("c:\\t\\a.exe")}
    )
    assert got("Windows/AppCompat/Programs/Amcache.hve", cache.content(), "program.present")


def test_containers_are_told_by_signature_and_only_weakly_by_chance() -> None:
    (luks,) = read("home/asha/vault.luks", b"LUKS\xba\xbe" + bytes(4096))
    assert isinstance(luks, Artefact)
    assert (luks.kind, luks.facts) == ("container.encrypted", {"format": "LUKS"})
    chance = random.Random(7).randbytes(1 << 19)
    (possible,) = read("home/asha/holiday", chance)
    assert isinstance(possible, Artefact)
    assert possible.kind == "container.possible"
    assert read("home/asha/notes", bytes(4096) + chance) == []
    assert read("home/asha/small", chance[:4096]) == []
    assert artefacts.first_bytes("container") == 256 * 1024
    assert artefacts.first_bytes("thumb_cache") is None


@pytest.mark.parametrize("path, mime, reader", [
    ("a/History", "text/plain", None),
    ("a/History", "application/vnd.sqlite3", "chromium"),
    ("outer.zip!/Users\\x\\places.sqlite", "application/vnd.sqlite3", "firefox"),
    ("a/picture.png", "image/png", None),
    ("a/.thumbnails/normal/0.png", "image/png", "desktop_thumbnail"),
    ("$Recycle.Bin/S-1/$Rabc.png", "application/octet-stream", None),
    ("a/b.lnk", "application/octet-stream", "shortcut"),
    ("Windows/System32/config/SYSTEM", "application/octet-stream", "registry"),
    ("a/thumbcache_idx.db", "application/octet-stream", "thumb_cache"),
    ("a/library.dll", "application/octet-stream", None),
])  # fmt: skip
def test_a_reader_is_chosen_by_name_and_type(path: str, mime: str, reader: str | None) -> None:
    assert artefacts.wanted(path, mime) == reader
    assert artefacts.wants_log("chromium")
    assert not artefacts.wants_log("shortcut")


def test_a_library_that_is_missing_is_said_and_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "kaval.lab.artefacts.windows", raising=False)
    monkeypatch.setitem(sys.modules, "pylnk", None)
    (said,) = read("Users/asha/Recent/p.lnk", made.shortcut("C:\\p.png"))
    assert isinstance(said, Trouble)
    assert (said.code, "pylnk" in said.text) == ("reader-not-installed", True)


EVERY = {
    "chromium": chromium(),
    "registry": ntuser(),
    "prefetch": made.prefetch17("A.EXE", ["\\DEVICE\\HARDDISKVOLUME1\\A.PNG"], runs=1),
    "shortcut": made.shortcut("C:\\a.png"),
    "jump_list": made.compound({"DestList": made.destinations([("C:\\a.png", 1)], version=4)}),
    "recycled": made.recycled("C:\\a.png", version=2),
    "thumb_cache": made.thumb_cache([made.preview({})], version=0x20),
    "thumbs_db": made.compound({"21": bytes(12) + made.preview({})}),
    "desktop_thumbnail": made.preview({"Thumb::URI": "file:///a.png"}),
    "event_log": made.event_log([1102]),
    "packages": made.binary_xml([("package", {"name": "com.example", "it": UNIX * 1000})]),
    "recently_used": b'<xbel><bookmark href="file:///a" visited="2026-01-18T06:30:00Z"/></xbel>',
    "vlc": b"[RecentsMRL]\nlist=file:///a.mp4\n",
    "torrents": b"d4:name1:a9:save_path1:be",
    "emule": struct.pack("<BI", 0x0E, 1) + bytes(22) + struct.pack("<I", 0),
    "shell": b"#1768717800\nls\n",
    "container": b"LUKS\xba\xbe" + bytes(64),
}


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_altered_files_end_in_records_never_in_a_crash(data: st.DataObject) -> None:
    reader = data.draw(st.sampled_from(sorted(EVERY)))
    content = bytearray(EVERY[reader])
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    found = list(artefacts.read(reader, io.BytesIO(bytes(content[:cut])), path="x/NTUSER.DAT"))
    assert all(isinstance(one, Artefact | Trouble) for one in found)
    assert sum(isinstance(one, Trouble) for one in found) <= 1

"""Exported chats: who with whom, when and how much; terms are counted, and no text leaves the room."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.examination.terms import Term, TermList, Terms
from kaval.lab.chats import read, read_terms, wanted
from kaval.lab.chats.concluding import conclude_chats
from kaval.lab.shapes import Artefact
from kaval.lab.sources.entry import Trouble

SAMPLES = Path(__file__).parents[1] / "samples" / "device"
LIST = TermList(
    "colours", "1", "colour", "Training Reviewer", (Term("t-1", "bloom"), Term("t-2", "good", "starts"))
)


def artefacts(reader: str, content: bytes, *, path: str = "export/result.json") -> list[Artefact | Trouble]:
    return list(read(reader, io.BytesIO(content), path=path, size=len(content), terms=Terms((LIST,))))


def conversations(items: list[Artefact | Trouble]) -> dict[str, dict[str, Any]]:
    return {
        str(item.facts["conversation"]): dict(item.facts)
        for item in items
        if isinstance(item, Artefact) and item.kind == "chat.conversation"
    }


def telegram() -> bytes:
    return (SAMPLES / "telegram_json" / "result.json").read_bytes()


def test_a_chat_is_told_by_its_content_and_only_narrowed_by_its_name() -> None:
    assert wanted("a/result.json", telegram()[:4096]) == "telegram_json"
    assert wanted("a/notes.json", b'{"type": "note"}') is None
    assert wanted("a/zip!/_chat.txt", b"[02.03.2026, 15:04:33] A: b") == "whatsapp_text"
    assert wanted("a/readme.txt", b"Hello") is None
    assert wanted("x/msgstore.db", b"SQLite format 3\x00") == "whatsapp_database"
    assert wanted("x/other.db", b"SQLite format 3\x00") is None


def test_telegram_conversations_are_counted_by_party() -> None:
    found = conversations(artefacts("telegram_json", telegram()))
    garden = found["4200"]
    assert (garden["messages"], garden["service_lines"], garden["forwarded"]) == (4, 1, 1)
    assert {one["party"]: one["messages"] for one in garden["parties"]} == {
        "user7000000001": 1,
        "user7000000002": 2,
        "user7000000003": 1,
    }
    assert garden["first_at"] == "2026-02-01T03:30:00Z"
    assert garden["hits"] == [
        {"list": "colours", "version": "1", "role": "colour", "term_id": "t-1", "count": 1}
    ]
    assert found["4201"]["messages"] == 0


def test_no_text_of_a_message_is_in_an_artefact() -> None:
    for item in artefacts("telegram_json", telegram()):
        assert isinstance(item, Trouble) or "roses" not in json.dumps(dict(item.facts))


def test_the_owner_and_the_sessions_are_artefacts_of_their_own() -> None:
    by_kind = {
        item.kind: item for item in artefacts("telegram_json", telegram()) if isinstance(item, Artefact)
    }
    assert by_kind["account"].facts["identifier"] == "7000000001"
    assert by_kind["account.session"].facts["ip"] == "203.0.113.17"
    assert by_kind["account.session"].at == "2026-02-20T05:00:00Z"


def test_an_export_that_breaks_off_gives_what_came_before() -> None:
    content = telegram()
    items = artefacts("telegram_json", content[: content.index(b'"id": 4,')])
    assert [item.code for item in items if isinstance(item, Trouble)] == ["chat-unreadable"]
    assert sum(one["messages"] for one in conversations(items).values()) == 2


@pytest.mark.parametrize("cut", [1, 2, 3, 5, 7, 64, 4096])
def test_odd_escapes_are_mended_wherever_the_blocks_end(cut: int) -> None:
    message = {
        "id": 1,
        "type": "message",
        "date_unixtime": "1769916900",
        "from": "A",
        "from_id": "user1",
        "text": "@",
    }
    text = json.dumps({"name": "n", "type": "personal_chat", "id": 1, "messages": [message]})
    odd = text.replace("@", " " * cut + "\\x0b\\\\x0b\\u0041" + "\\\\" * cut + " bloom").encode()
    blocks = b" " * ((1 << 18) - cut - odd.index(b"\\x0b")) + odd
    assert conversations(artefacts("telegram_json", blocks))["1"]["hits"][0]["count"] == 1


def test_whatsapp_text_without_a_settled_date_has_no_time() -> None:
    content = b"[02.03.2026, 15:04:33] A: good\n[03.04.2026, 10:00:00] B: goods\n"
    items = artefacts("whatsapp_text", content, path="_chat.txt")
    assert [item.code for item in items if isinstance(item, Trouble)] == ["chat-date-order-unclear"]
    (one,) = conversations(items).values()
    assert (one["first_at"], one["hits"][0]["count"]) == (None, 2)


def test_the_order_of_messages_settles_day_and_month() -> None:
    content = b"[05.01.2026, 15:04:33] A: x\n[02.03.2026, 10:00:00] B: y\n[04.03.2026, 10:00:00] B: y\n"
    (one,) = conversations(artefacts("whatsapp_text", content, path="_chat.txt")).values()
    assert (one["first_at"], one["last_at"]) == ("2026-01-05T15:04:33", "2026-03-04T10:00:00")


def whatsapp_database(path: Path) -> bytes:
    base = sqlite3.connect(path)
    digest = base64.b64encode(hashlib.sha256(b"pattern").digest()).decode()
    base.executescript(f"""
        CREATE TABLE jid (_id INTEGER PRIMARY KEY, user TEXT, server TEXT, raw_string TEXT);
        CREATE TABLE chat (_id INTEGER PRIMARY KEY, jid_row_id INTEGER, subject TEXT);
        CREATE TABLE message (_id INTEGER PRIMARY KEY, chat_row_id INTEGER, from_me INTEGER, sender_jid_row_id INTEGER,
                              timestamp INTEGER, text_data TEXT, message_type INTEGER);
        CREATE TABLE message_media (message_row_id INTEGER, file_path TEXT, mime_type TEXT, file_size INTEGER,
                                    file_hash TEXT);
        INSERT INTO jid VALUES (1, '910000000002', 's.whatsapp.net', '910000000002@s.whatsapp.net');
        INSERT INTO jid VALUES (2, 'g1', 'g.us', 'g1@g.us');
        INSERT INTO chat VALUES (1, 1, NULL), (2, 2, 'Garden');
        INSERT INTO message VALUES (1, 1, 1, 0, 1769916900000, 'bloom', 0);
        INSERT INTO message VALUES (2, 1, 0, 0, 1769916960000, NULL, 1);
        INSERT INTO message VALUES (3, 2, 0, 1, 1769917000000, 'good', 0);
        INSERT INTO message_media VALUES (2, 'Media/Images/pattern.jpg', 'image/jpeg', 7, '{digest}');
    """)
    base.commit()
    base.close()
    return path.read_bytes()


def test_a_whatsapp_database_gives_conversations_with_digests(tmp_path: Path) -> None:
    content = whatsapp_database(tmp_path / "msgstore.db")
    found = conversations(artefacts("whatsapp_database", content, path="databases/msgstore.db"))
    private = found["910000000002@s.whatsapp.net"]
    assert {one["party"]: one["messages"] for one in private["parties"]} == {
        "owner": 1,
        "910000000002@s.whatsapp.net": 1,
    }
    assert private["files"][0]["sha256"] == hashlib.sha256(b"pattern").hexdigest()
    assert (found["g1@g.us"]["chat_kind"], found["g1@g.us"]["name"]) == ("group", "Garden")


def test_signal_messages_exported_as_a_database(tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "signal.sqlite")
    base.executescript("""
        CREATE TABLE conversations (id TEXT, type TEXT, name TEXT, profileFullName TEXT, e164 TEXT);
        CREATE TABLE messages (id TEXT, conversationId TEXT, sent_at INTEGER, type TEXT, body TEXT, json TEXT,
                               source TEXT, sourceServiceId TEXT);
        INSERT INTO conversations VALUES ('c1', 'private', 'Neighbour', NULL, '+910000000002');
        INSERT INTO messages VALUES ('m1', 'c1', 1769916900000, 'outgoing', 'bloom bloom', '{}', NULL, NULL);
        INSERT INTO messages VALUES ('m2', 'c1', 1769916960000, 'incoming', '',
            '{"attachments": [{"fileName": "p.png", "contentType": "image/png", "size": 9}]}', '+910000000002', NULL);
    """)
    base.commit()
    base.close()
    content = (tmp_path / "signal.sqlite").read_bytes()
    (one,) = conversations(artefacts("signal_database", content, path="signal.sqlite")).values()
    assert (one["messages"], one["hits"][0]["count"], one["files"][0]["name"]) == (2, 2, "p.png")


def test_a_database_that_is_none_is_trouble() -> None:
    items = artefacts("whatsapp_database", b"SQLite format 3\x00" + b"\xff" * 5000, path="msgstore.db")
    assert [item.code for item in items if isinstance(item, Trouble)] == ["chat-unreadable"]


def term_list(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "terms.csv"
    path.write_text(text, "utf-8")
    return path


def test_a_reviewers_list_is_read_with_its_name_and_version(tmp_path: Path) -> None:
    text = "# list=colours version=3 role=colour reviewed_by=R.1\nterm_id,term,match\na,vermolin,\nb,ഉദാഹരണം,starts\n"
    found = read_terms(term_list(tmp_path, text))
    assert (found.name, found.version, found.role, found.reviewed_by) == ("colours", "3", "colour", "R.1")
    assert [one.match for one in found.terms] == ["word", "starts"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("term_id,term\na,b\n", "first line"),
        ("# list=x version=1 reviewed_by=r\nterm_id,term,match\na,b,sometimes\n", "sometimes is none of"),
        (
            "# list=x version=1 reviewed_by=r\nterm_id,term,match\na,b,\na,c,\n",
            "line 4: the id a comes twice",
        ),
        ("# list=x version=1 reviewed_by=r\nterm_id,term,match\na,\u200d,\n", "is empty"),
    ],
)
def test_a_list_that_cannot_be_used_says_where(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ReaderError, match=words):
        read_terms(term_list(tmp_path, text))


def write_lines(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def chat_line(source: str, name: str, days: dict[str, list[str | None]], files: list[Any]) -> dict[str, Any]:
    facts = {
        "app": "telegram",
        "conversation": name,
        "parties": [{"party": "user7"}],
        "files": files,
        "hits": [],
        "role_days": days,
    }
    return {
        "source": source,
        "path": "exp/result.json",
        "kind": "chat.conversation",
        "place": name,
        "facts": facts,
    }


def test_files_get_their_digests_and_conversations_their_indications(tmp_path: Path) -> None:
    shared = {"path": "photos/p.jpg", "name": "p.jpg", "mime": "", "size": None, "sha256": ""}
    close: dict[str, list[str | None]] = {"age": ["2026-02-01"], "payment": ["2026-02-05"]}
    far: dict[str, list[str | None]] = {"age": ["2026-02-01"], "payment": ["2026-05-05", None]}
    write_lines(
        tmp_path / "artefacts.jsonl",
        [
            chat_line("phone-1", "a", close, [shared]),
            chat_line("phone-1", "b", far, []),
            chat_line("phone-2", "c", {}, []),
        ],
    )
    finding = {
        "path": "exp/photos/p.jpg",
        "sha256": "ab" * 32,
        "size": 3,
        "mime": "image/jpeg",
        "matches": [],
    }
    write_lines(
        tmp_path / "findings.jsonl", [finding | {"source": "phone-1"}, finding | {"source": "phone-2"}]
    )
    conclude_chats(tmp_path, on=date(2026, 11, 22))
    lines = [json.loads(line) for line in (tmp_path / "chats.jsonl").read_text("utf-8").splitlines()]
    by_name = {line["conversation"]: line for line in lines}
    assert by_name["a"]["files"][0] == shared | {"sha256": "ab" * 32, "found": True, "known": False}
    assert [one["rule"] for one in by_name["a"]["indications"]] == ["T-AGE-PAYMENT"]
    assert by_name["a"]["indications"][0]["innocent"]
    assert by_name["b"]["indications"] == []
    links = [json.loads(line) for line in (tmp_path / "links.jsonl").read_text("utf-8").splitlines()]
    assert [(one["kind"], one["sources"]) for one in links] == [
        ("account", ["phone-1", "phone-2"]),
        ("media", ["phone-1", "phone-2"]),
    ]

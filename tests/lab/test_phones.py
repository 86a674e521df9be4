"""Extractions of phones and computers: files come out under their own names, what was decoded is told, secrets are not.

Reports in XML here: written in the layouts their readers name. Cases and backups have files of their own.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from hashlib import md5, sha1, sha256
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaval.engine.rules.examination.terms import Term, TermList, Terms
from kaval.lab.phones import Extraction, recognise
from kaval.lab.shapes import Artefact, Member
from kaval.lab.sources.entry import Entry, State, Trouble
from tests.lab import images
from tests.lab.images import picture

SECRET = "wombat-seven"
BODY = "a text that nobody else reads"
AT = 1_772_433_000  # 2026-03-02T06:30:00Z


def contents(found: Extraction) -> dict[str, bytes]:
    """Every member's bytes by path."""
    return {item.path: b"".join(item.chunks()) for item in found.members() if isinstance(item, Member)}


def codes(found: Extraction) -> list[str]:
    return [item.code for item in found.members() if isinstance(item, Trouble)]


def artefacts(found: Extraction) -> list[Artefact]:
    return [item for item in found.artefacts() if isinstance(item, Artefact)]


def by_kind(found: Extraction, kind: str) -> list[Artefact]:
    return [item for item in artefacts(found) if item.kind == kind]


def known(place: Path | io.BytesIO) -> Extraction:
    found = recognise(place)
    assert found is not None
    return found


# UFDR


def field(name: str, value: str) -> str:
    return f'<field name={quoteattr(name)} type="String"><value type="String">{escape(value)}</value></field>'


def model(kind: str, number: str, *inner: str, state: str = "Intact") -> str:
    return f'<model type="{kind}" id="{number}" deleted_state="{state}">{"".join(inner)}</model>'


def tagged(path: str, local: str, content: bytes, *, deleted: str = "Intact") -> str:
    return (
        f'<file fs="data" path={quoteattr(path)} size="{len(content)}" id="f-{md5(content).hexdigest()[:4]}" '
        f'deleted="{deleted}"><accessInfo>'
        '<timestamp name="ModifyTime">2026-03-02T12:00:00+05:30</timestamp></accessInfo>'
        f'<metadata section="File"><item name="Local Path"><![CDATA[{local}]]></item>'
        f'<item name="SHA256"><![CDATA[{sha256(content).hexdigest()}]]></item>'
        f'<item name="MD5"><![CDATA[{md5(content).hexdigest()}]]></item>'
        '<item name="Tags"><![CDATA[Image]]></item></metadata></file>'
    )


ONE, TWO = picture(1), picture(2)


def report(*, files: str = "", models: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<project id="p" name="Exhibit 7" reportVersion="5.2" xmlns="http://pa.cellebrite.com/report/2.0">'
        '<metadata section="Device Info"><item name="DeviceInfoDetectedPhoneVendor"><![CDATA[Pattern]]></item>'
        '<item name="DeviceInfoDetectedPhoneModel"><![CDATA[P-1]]></item><item name="IMEI">490154203237518</item>'
        f'<item name="IMEI">356938035643809</item><item name="LockPassword">{SECRET}</item></metadata>'
        f"<taggedFiles>{files}</taggedFiles><decodedData>{models}</decodedData></project>"
    ).encode()


MODELS = (
    '<modelType type="Chat">'
    + model(
        "Chat",
        "c1",
        field("Source", "Carrier"),
        '<multiModelField name="Messages" type="InstantMessage">',
        model(
            "InstantMessage",
            "m1",
            '<modelField name="From" type="Party">'
            + model(
                "Party",
                "p1",
                field("Identifier", "u-1"),
                field("Name", "Example One"),
                field("IsPhoneOwner", "True"),
            )
            + "</modelField>",
            field("Body", BODY),
            '<multiModelField name="Attachments" type="Attachment">',
            model("Attachment", "t1", field("AttachmentExtractedPath", "files/Image/one.png")),
            "</multiModelField>",
            field("TimeStamp", "2026-03-02T12:00:00.000+05:30"),
            field("AccessToken", SECRET),
        ),
        model("InstantMessage", "m2", field("TimeStamp", "02/03/2026 12:00:00"), state="Deleted"),
        "</multiModelField>",
    )
    + '</modelType><modelType type="SMS">'
    + model("SMS", "m3", field("TimeStamp", "02/03/2026 12:00:00"), field("Folder", "Inbox"), state="Deleted")
    + '</modelType><modelType type="Password">'
    + model("Password", "s1", field("Data", SECRET), field("Account", "u-1"))
    + '</modelType><modelType type="SearchedItem">'
    + model("SearchedItem", "q1", field("Value", "zurple knoop"), field("Source", "Carrier"))
    + '</modelType><modelType type="UserAccount">'
    + model(
        "UserAccount",
        "a1",
        field("Username", "u-1"),
        field("Password", SECRET),
        field("ServiceType", "Carrier"),
    )
    + "</modelType>"
)


def ufdr(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def extraction(tmp_path: Path) -> Path:
    files = tagged("/data/media/0/DCIM/one.png", "files\\Image\\one.png", ONE)
    files += tagged("/data/gone.png", "files\\Image\\two.png", TWO, deleted="Deleted")
    files += tagged("/data/lost.png", "files\\Image\\lost.png", b"lost")
    members = {"files/Image/one.png": ONE, "files/Image/two.png": TWO, "notes.txt": b"beside"}
    return ufdr(tmp_path / "x.ufdr", **members, **{"report.xml": report(files=files, models=MODELS)})


def test_a_ufdr_gives_its_files_by_their_paths_on_the_device(extraction: Path) -> None:
    found = known(extraction)
    assert found.kind == "ufdr"
    got = contents(found)
    assert got.pop("report.xml")
    assert got == {"data/media/0/DCIM/one.png": ONE, "data/gone.png": TWO, "notes.txt": b"beside"}
    assert codes(found) == ["file-missing"]
    members = {item.path: item for item in found.members() if isinstance(item, Member)}
    gone = members["data/gone.png"]
    assert (gone.state, gone.times.modified) == (State.DELETED, "2026-03-02T06:30:00Z")
    assert gone.stated == {"md5": md5(TWO).hexdigest(), "sha256": sha256(TWO).hexdigest()}
    found.close()


def test_a_ufdr_tells_messages_without_their_text_and_no_secret(extraction: Path) -> None:
    found = known(extraction)
    told = artefacts(found)
    assert SECRET not in repr(told)
    assert BODY not in repr(told)
    [chat] = [one.facts for one in told if one.kind == "chat.conversation"]
    assert (chat["app"], chat["messages"], chat["first_at"]) == ("Carrier", 2, "2026-03-02T06:30:00Z")
    assert {one["party"]: one["characters"] for one in chat["parties"]} == {"u-1": len(BODY), "": 0}
    assert [one["path"] for one in chat["files"]] == ["data/media/0/DCIM/one.png"], (
        "by its path on the device"
    )
    text = next(one for one in told if one.kind == "chat.message")
    assert (text.at, text.facts["TimeStamp"]) == (None, "02/03/2026 12:00:00"), "no guess at day and month"
    assert (text.facts["direction"], text.facts["deleted"]) == ("received", True)
    [searched] = [one.facts for one in told if one.kind == "browser.search"]
    assert (searched["term_characters"], searched["hits"]) == (12, [])
    assert "zurple" not in repr(told)
    lists = Terms([TermList("colours", "1", "", "R", (Term("t-1", "zurple"),))])
    hits = [
        one.facts["hits"]
        for one in found.artefacts(lists)
        if isinstance(one, Artefact) and "hits" in one.facts
    ]
    assert ["colours 1 t-1"] in hits
    account = next(one for one in told if one.kind == "account")
    assert account.facts == {
        "Username": "u-1",
        "ServiceType": "Carrier",
        "type": "UserAccount",
        "deleted": False,
    }
    warned = [item.code for item in found.artefacts() if isinstance(item, Trouble)]
    assert warned == ["secrets-passed-over"]
    device = found.device()
    assert (device["make"], device["model"]) == ("Pattern", "P-1")
    assert device["imei"] == "490154203237518, 356938035643809"
    terms = Terms([TermList("made-up", "1", "payment", "reviewer", (Term("t-1", "nobody"),))])
    [hit] = [
        one.facts["hits"]
        for one in found.artefacts(terms)
        if isinstance(one, Artefact) and one.kind == "chat.conversation"
    ]
    assert [(one["term_id"], one["count"]) for one in hit] == [("t-1", 1)]
    found.close()


def test_a_ufdr_in_a_stream_and_its_files_in_another_process(extraction: Path) -> None:
    found = known(io.BytesIO(extraction.read_bytes()))
    assert contents(found)["data/gone.png"] == TWO
    inner = recognise(io.BytesIO(extraction.read_bytes()), name="outer.zip!/deep/x.ufdr")
    assert inner is not None
    [chat] = by_kind(inner, "chat.conversation")
    assert [one["path"] for one in chat.facts["files"]] == ["x.ufdr!/data/media/0/DCIM/one.png"]
    first, again = known(extraction), known(extraction)
    entries = [item for item in first.walk() if isinstance(item, Entry)]
    first.close()
    for entry in reversed(entries):
        content = pickle.loads(pickle.dumps(entry.content))
        assert len(b"".join(again.read(content))) == entry.size
    again.close()


@pytest.mark.parametrize(
    "content",
    [
        report(models=MODELS)[:-40],
        b'<!DOCTYPE project [<!ENTITY a "b">]>' + report(models=MODELS).split(b"?>", 1)[1],
        report(models="<modelType>" + "<model type='Call'>" * 60 + "</model>" * 60 + "</modelType>"),
    ],
    ids=["cut", "doctype", "nested"],
)
def test_a_bad_report_is_named_and_the_files_are_still_read(content: bytes, tmp_path: Path) -> None:
    found = known(ufdr(tmp_path / "x.ufdr", **{"report.xml": content, "files/one.png": ONE}))
    assert contents(found)["files/one.png"] == ONE
    assert "extraction-damaged" in [item.code for item in found.artefacts() if isinstance(item, Trouble)]
    found.close()


def test_an_ordinary_zip_is_no_extraction(tmp_path: Path) -> None:
    assert recognise(ufdr(tmp_path / "x.zip", **{"report.xml": b"<report/>"})) is None
    assert recognise(ufdr(tmp_path / "y.zip", a=b"b")) is None
    assert recognise(io.BytesIO(b"PK\x03\x04 and no more")) is None
    assert recognise(images.folder(tmp_path / "plain", {"a.xml": b"<a/>", "b": b""})) is None
    assert recognise(io.BytesIO(b"")) is None
    assert recognise(io.BytesIO(report(models=MODELS))) is None, "the ZIP around it is the extraction"


# AXIOM

AXIOM = f"""<?xml version="1.0" encoding="utf-8"?><iefExport iefVersion="7.1.0"><Artifacts>
<Artifact name="Chrome Web History"><Hits><Hit sequenceNumber="1">
<Fragment name="URL">https://example.org/a</Fragment>
<Fragment name="Last Visited Date/Time - UTC+05:30 (dd/MM/yyyy)">02/03/2026 12:00:00 PM</Fragment>
<Fragment name="Password">{SECRET}</Fragment></Hit></Hits></Artifact>
<Artifact name="Pictures"><Hits><Hit sequenceNumber="2"><Fragment name="File Name">one.png</Fragment>
<Fragment name="MD5 Hash">{md5(ONE).hexdigest()}</Fragment><Fragment name="SHA1 Hash">{sha1(ONE).hexdigest()}</Fragment>
<Fragment name="Size (Bytes)">{len(ONE)}</Fragment><Fragment name="Tags">Reviewed</Fragment></Hit></Hits></Artifact>
</Artifacts></iefExport>""".encode()


def test_an_axiom_export_tells_hits_and_files_with_digests(tmp_path: Path) -> None:
    folder = images.folder(tmp_path / "export", {"Report.xml": AXIOM})
    for place in (folder / "Report.xml", io.BytesIO(AXIOM)):
        found = known(place)
        told = artefacts(found)
        assert SECRET not in repr(told)
        visit = next(one for one in told if one.kind == "browser.visit")
        assert (visit.at, visit.facts["url"]) == ("2026-03-02T06:30:00Z", "https://example.org/a")
        stated = next(one for one in told if one.kind == "file.stated")
        assert (stated.facts["md5"], stated.facts["size"]) == (md5(ONE).hexdigest(), len(ONE))
        assert found.device() == {"tool_version": "7.1.0"}
        found.close()
        assert contents(found) == {}, "a single file does not list itself"


# All


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    content=st.binary(max_size=300),
    start=st.sampled_from((b"", b"ANDROID BACKUP\n5\n1\nnone\n", b"<iefExport>")),
)
def test_any_bytes_end_in_words(content: bytes, start: bytes) -> None:
    found = recognise(io.BytesIO(start + content))
    if found is not None:
        for item in found.members():
            if isinstance(item, Member):
                try:
                    list(item.chunks())
                except OSError:
                    continue
        list(found.artefacts())


def test_fingerprints_are_of_the_bytes(extraction: Path) -> None:
    found = known(extraction)
    mark = found.fingerprint(tick=lambda size: None)
    assert (mark.kind, mark.digest) == ("sha256", sha256(extraction.read_bytes()).hexdigest())
    found.close()

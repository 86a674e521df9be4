"""The two ways to read a report, by its outline's program and by the walk, say the same about anything."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from bench._reports import report
from kaval.engine.formats import _xml
from kaval.engine.formats._spec import (
    LeadRecord,
    Reading,
    ReadWarning,
    ReceivedFile,
)
from kaval.engine.formats.intake import ncmec_report_xml
from kaval.engine.formats.intake._ncmec_program import Unusual
from kaval.engine.formats.intake._ncmec_report_program import report_program
from kaval.engine.formats.intake._ncmec_schema import CHILDREN
from kaval.engine.formats.intake._plain_xml import take_apart
from kaval.engine.kernel.errors import ReaderError
from tests.engine.formats.ncmec_documents import XSD, Schema, covering, documents

SUMMARY = "<incidentSummary><platform>Example Chat</platform></incidentSummary>"
TEXTS = (
    "", " ", "\n", " a ", "a", "0443", "443", "99999", "-1", "192.0.2.7", " 192.0.2.7", "192.0.2.07", "2001:DB8::1",
    "2001:db8::1", "::ffff:192.0.2.7", "2026-01-03T18:45:10", "2026-01-03T18:45:10Z", " 2026-01-03T18:45:10Z",
    "2026-01-03T18:45:10+05:30", "2026-02-31T18:45:10Z", "true", "false", " TRUE ", "0", "\u00a0", "\u00a0x", "é വാക്ക്",
    "&amp;", "a &lt;b&gt; &#39;c&#x27; &quot;", "&#13;&#10;", "&#0;", "&#xFFFE;", "&#xD800;", "&nope;", "&", "&#32;",
    "a > b", "]]>", "<![CDATA[<a>]]>", "a<!-- b -->c", "<?pi x?>", "\x00", "\x0b", "\x7f", "\ufffe", "\uffff", "\ufeff",
    "\U0001f600\ufe0f", "\U0001fffe", "\r\n", "a\rb", "\t",
    "user@mail.example.org from 192.0.2.9 at 2026-01-03T10:00:00Z",
    "Peer-to-Peer Client GUID", "0123456789ABCDEF0123456789ABCDEF", "Example Pay", "+91 5550001234", "005550001234",
    "<deep>x</deep>", "<newThing/>", "<ipAddress>192.0.2.7</ipAddress>", "<email>a@example.org</email>", "</report>",
)  # fmt: skip
ATTRIBUTES = (
    ' countryCallingCode="+91"', ' countryCallingCode=" "', ' reason="VIRAL_POTENTIAL_MEME"', ' a="1" b="&lt;&#10;"',
    " a='1'", ' a="x>y"', ' a="x\ny"', ' a="it\'s"', ' a="x" a="y"', ' xmlns="urn:x"', ' xml:lang="en"', ' type=""',
    ' b="<"', ' b="&"', ' b = "1"', "\n", ' é="1"', ' a="', ' type="Home" verified="true"',
)  # fmt: skip
HEADS = (
    "", '<?xml version="1.0" encoding="UTF-8"?>\n', "<?xml version='1.0' encoding='utf-8' standalone='yes'?>", "\n",
    " \n<?xml version='1.0'?>",
    "<!-- x -->", "<?XML version='1.0'?>", '<?xml version="1.1"?>', '<?xml version="1.0" encoding="us-ascii"?>',
    '<?xml version="1.0" encoding="iso-8859-1"?>', "<!DOCTYPE report>", "x", '<?xml version="1.0"?><?x y?>', "\ufeff",
    '\ufeff<?xml version="1.0" encoding="UTF-8"?>',
)  # fmt: skip
NAMES = (*sorted({child.name for children in CHILDREN.values() for child in children}), "newThing", "n:a")


def said(read: Callable[[ReceivedFile], Reading[LeadRecord]], file: ReceivedFile) -> tuple[object, str]:
    """What a way of reading says, with the order of everything; or how it refuses."""
    try:
        reading = read(file)
    except ReaderError as refused:
        return None, repr((str(refused), refused.mend))
    return reading, repr(reading)


def by_program(file: ReceivedFile) -> tuple[object, str] | None:
    """What the program of the document's outline says; None when it leaves the document to the walk."""
    plain = take_apart(file.content)
    if plain is None:
        return None
    try:
        program = report_program(
            plain.outline, shape=ncmec_report_xml._REPORT, takers=ncmec_report_xml._TAKERS
        )
        reading = ncmec_report_xml._run(program, file, plain.values)
    except Unusual:
        return None
    return reading, repr(reading)


def both_ways(content: bytes, name: str = "CT-7.xml") -> bool:
    """Compares; True when the program had something to say."""
    file = ReceivedFile(name, content)
    quick, walked = by_program(file), said(ncmec_report_xml._walked, file)
    assert quick is None or quick == walked, content
    return quick is not None


def changed(text: str, chance: random.Random) -> str:
    """The document with one thing changed at one place."""
    tags = list(re.finditer(r"<(/?)([^<>\s/]+)([^<>]*?)(/?)>", text))
    tag = chance.choice(tags)
    start, end = tag.span()
    kind = chance.randrange(9)
    if kind <= 2:
        stop = text.find("<", end)
        return text[:end] + chance.choice(TEXTS) + (text[stop:] if stop >= 0 else "")
    if kind == 3:
        at = tag.end(2)
        return text[:at] + chance.choice(ATTRIBUTES) + text[at:]
    if kind == 4:
        name = chance.choice(NAMES)
        return f"{text[:start]}<{name}>{chance.choice(TEXTS)}</{name}>{text[start:]}"
    if kind == 5:
        other = chance.choice(tags)
        first, second = sorted((tag.span(), other.span()))
        if first == second:
            return text
        return (
            text[: first[0]]
            + text[slice(*second)]
            + text[first[1] : second[0]]
            + text[slice(*first)]
            + text[second[1] :]
        )
    if kind == 6:
        at = chance.randrange(len(text))
        return text[:at] + chance.choice("<>&\"'/ =\0\r\n\t!?a;é") + text[at + chance.randrange(2) :]
    if kind == 7:
        at = chance.randrange(len(text))
        return text[:at] + text[at + chance.randrange(1, 30) :]
    return _reordered(text, chance)


def _reordered(text: str, chance: random.Random) -> str:
    """Siblings in another order, one of them twice."""
    try:
        root = etree.fromstring(text.encode(), etree.XMLParser(remove_comments=True, remove_pis=True))
    except etree.XMLSyntaxError:
        return text
    parent = chance.choice(list(root.iter()))
    kids = list(parent)
    chance.shuffle(kids)
    for kid in kids:
        parent.append(kid)
    if kids:
        parent.append(deepcopy(kids[0]))
    return etree.tostring(root, encoding="unicode")


def many_ways(text: str, seed: int) -> int:
    """A document, and it changed a little and more: how often the program had something to say."""
    chance = random.Random(seed)
    told = int(both_ways(text.encode("utf-8", "surrogatepass")))
    for _ in range(3):
        text = changed(text, chance)
        if chance.random() < 0.1:
            text = chance.choice(HEADS) + text
        told += both_ways(text.encode("utf-8", "surrogatepass"))
    return told


def test_a_providers_reports_are_read_by_the_program_and_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    outlines: dict[tuple[str, ...], list[ReceivedFile]] = {}
    for number in range(400):
        content = report(number, people=50)
        tags = tuple(str(element.tag) for element in etree.fromstring(content).iter())
        outlines.setdefault(tags, []).append(ReceivedFile(f"CT-{number}.xml", content))
    files = max(outlines.values(), key=len)
    assert len(files) > 5
    walked = [said(ncmec_report_xml._walked, file) for file in files]
    assert [said(ncmec_report_xml.read, file) for file in files] == walked
    # From now on neither parser nor walk is asked.
    monkeypatch.setattr(ncmec_report_xml, "_walked", None)
    assert [said(ncmec_report_xml.read, file) for file in files] == walked
    crowd = files[0].content.replace(b"\n", b"\r\n")
    with pytest.raises(TypeError):
        ncmec_report_xml.read(replace(files[0], stored=crowd.replace(b">Login<", b"> Login <")))


def test_changed_reports_of_a_provider_are_read_the_same_both_ways() -> None:
    told = sum(
        many_ways(report(seed, people=50).decode().partition("?>")[2].lstrip(), seed) for seed in range(150)
    )
    assert told > 200


@pytest.mark.parametrize("head", HEADS)
def test_whatever_stands_before_the_root_is_read_the_same_both_ways(head: str) -> None:
    body = f"<report>{SUMMARY}<additionalInfo>é \u20ac</additionalInfo></report>\n"
    for text in (
        head + body,
        (head + body).replace("\n", "\r\n"),
        head + body + "<!-- x -->",
        head + body + "x",
    ):
        both_ways(text.encode())
        both_ways(text.encode("utf-16"))
        both_ways(text.encode("latin-1", "replace"))


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_anywhere_is_read_the_same_both_ways(text: str) -> None:
    whole = report(3, people=5).decode()
    places = [match.start() for match in re.finditer(r"(?<=>)[^<>]*<", whole)]
    for at in random.Random(text).sample(places, 25):
        stop = whole.index("<", at)
        both_ways((whole[:at] + text + whole[stop:]).encode())
    names = ("escalateToHighPriority", "batchedReport", "additionalInfo")
    extra = "".join(f"<{name}>{text}</{name}>" for name in names)
    both_ways(f"<report>{SUMMARY}{extra}</report>".encode())


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_any_attribute_anywhere_is_read_the_same_both_ways(attribute: str) -> None:
    whole = report(4, people=5).decode()
    places = [match.end() for match in re.finditer(r"<\w+", whole)]
    for at in random.Random(attribute).sample(places, 40):
        both_ways((whole[:at] + attribute + whole[at:]).encode())


def test_a_file_without_a_number_is_read_the_same_both_ways() -> None:
    assert both_ways(report(1, people=5), "other.xml")
    assert both_ways(report(1, people=5).replace(b"\n", b"\r\n"))
    assert both_ways(report(1, people=5).replace(b"\n", b""))


def test_only_a_program_that_says_what_the_walk_says_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    right = ncmec_report_xml._run
    monkeypatch.setattr(
        ncmec_report_xml, "_run", lambda *given: replace(right(*given), warnings=(ReadWarning("", "", ""),))
    )
    content = f"<report lang='{{}}'>{SUMMARY}<victim><schoolName>{{}}</schoolName></victim></report>".replace(
        "'", '"'
    )
    for number in range(5):
        (record,) = ncmec_report_xml.read(
            ReceivedFile("CT-7.xml", content.format(number, number).encode())
        ).records
        assert record.restricted["victim/schoolName"] == str(number)


def test_a_handler_without_a_taker_would_be_noticed() -> None:
    assert set(ncmec_report_xml._HANDLERS.values()) <= set(ncmec_report_xml._TAKERS)


@pytest.mark.parametrize("size", [8, 30, 60, 71, 72, 73, 100, 70_000])
def test_the_prolog_is_the_same_whether_it_is_near_or_far(size: int) -> None:
    for root in (
        "<report>",
        "<x:report a='1'>",
        "<!DOCTYPE report>",
        "report",
        "<reportSomethingVeryLong/>",
        "",
    ):
        for head in ("<!--{}-->", '<?xml version="1.0"?>{}', "{}", "\ufeff<?xml version='1.0'?><!--{}"):
            for encoding in ("utf-8", "utf-16"):
                fill = " " * size if head in ("{}", '<?xml version="1.0"?>{}') else "x" * size
                content = (head.format(fill) + root).encode(encoding)
                assert _xml.prolog(content) == _xml._prolog_of(content[: _xml._HEAD])[0]


if XSD.is_file():  # the schema lies beside the repository, not in it
    SCHEMA = Schema(XSD)

    def test_every_element_attribute_and_value_of_the_schema_is_read_the_same_both_ways() -> None:
        told = total = 0
        for number, (_, element) in enumerate(covering(SCHEMA.root("report"))):
            total += 1
            content = etree.tostring(element)
            plain = take_apart(content)
            assert plain is not None
            report_program(plain.outline, shape=ncmec_report_xml._REPORT, takers=ncmec_report_xml._TAKERS)
            told += both_ways(content)
            many_ways(etree.tostring(element, encoding="unicode"), number)
        assert told > total * 3 // 4

    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(data=st.data(), seed=st.integers(0, 2**32))
    def test_any_valid_document_and_many_others_are_read_the_same_both_ways(
        data: st.DataObject, seed: int
    ) -> None:
        element = data.draw(documents(SCHEMA.root("report")))
        both_ways(etree.tostring(element, pretty_print=True, encoding="UTF-8", xml_declaration=True))
        many_ways(etree.tostring(element, encoding="unicode"), seed)

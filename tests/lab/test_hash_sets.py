"""Hash set readers: every trap of formats.md 2.1, samples with expected answers, and random bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats import discover
from kaval.engine.formats._spec import Reading, ReceivedFile
from kaval.engine.formats.as_json import as_text
from kaval.engine.formats.hashset import vics
from kaval.engine.formats.hashset._model import HashSetEntry, SchemeCode
from kaval.engine.kernel.errors import ReaderError

SAMPLES = Path(__file__).parent.parent / "samples" / "hashset"
READERS = {module.SPEC.name: module for module in discover("hashset")}
MD5 = "900150983cd24fb0d6963f7d28e17f72"
SHA1 = "a9993e364706816aba3e25717850c26c9cd0d89d"
CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/{}/$metadata#Media"


def received(document: Any, name: str = "set.json") -> ReceivedFile:
    return ReceivedFile(name, document if isinstance(document, bytes) else json.dumps(document).encode())


def of(*media: Any, country: str = "US") -> Reading[HashSetEntry]:
    return vics.read(received({"@odata.context": CONTEXT.format(country), "value": list(media)}))


def met(reading: Reading[HashSetEntry]) -> list[tuple[str, str]]:
    return [(warning.place, warning.code) for warning in reading.warnings]


@pytest.mark.parametrize(
    "path", sorted(p for p in SAMPLES.glob("*/*") if ".expected." not in p.name), ids=lambda p: p.name
)
def test_a_sample_reads_as_expected_and_only_its_reader_claims_it(path: Path) -> None:
    file = ReceivedFile(path.name, path.read_bytes())
    assert [name for name, reader in READERS.items() if reader.claims(file)] == [path.parent.name]
    expected = path.with_name(f"{path.name}.expected.json")
    text = as_text(READERS[path.parent.name].read(file))
    if not expected.exists():
        expected.write_text(text, "utf-8")
        pytest.fail(f"{expected.name} was written: read it, then run again")
    assert text == expected.read_text("utf-8")


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        (1, "1"),
        ("1", "1"),
        (0, "0"),
        ("0", "0"),
        (None, None),
        ("", None),
    ],
)
def test_a_category_keeps_its_scheme_and_null_is_no_verdict(category: Any, expected: str | None) -> None:
    reading = of({"MD5": MD5, "Category": category}, country="UK")
    wanted = None if expected is None else SchemeCode("VICS/UK", "2.0", expected)
    assert [entry.category for entry in reading.records] == [wanted]
    assert reading.warnings == ()


@pytest.mark.parametrize("category", [True, 1.5, -1, "A", [], {}, "１", 10**30])
def test_a_category_that_is_no_number_is_no_verdict_and_says_so(category: Any) -> None:
    reading = of({"MD5": MD5, "Category": category})
    assert reading.records[0].category is None
    assert met(reading) == [("/value/0/Category", "category-unreadable")]


def test_an_absent_category_is_no_verdict() -> None:
    assert of({"MD5": MD5}).records[0].category is None


@pytest.mark.parametrize(
    ("version", "address"),
    [
        ("1.2", "http://github.com/ICMEC/ProjectVic/DataModels/1.2.xml#Media"),
        ("1.3", "http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#Media"),
    ],
)
def test_the_older_models_name_no_country_and_that_is_a_warning(version: str, address: str) -> None:
    reading = vics.read(received({"odata.metadata": address, "value": [{"MD5": MD5, "Category": "1"}]}))
    assert reading.records[0].category == SchemeCode("VICS/unstated", version, "1")
    assert met(reading) == [("/@odata.context", "scheme-unstated")]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (True, True),
        (False, False),
        ("true", True),
        ("False", False),
        (None, None),
        ("", None),
    ],
)
def test_flags_come_as_booleans_or_text_and_absent_is_not_false(stated: Any, expected: bool | None) -> None:
    reading = of({"MD5": MD5, "VictimIdentified": stated})
    assert reading.records[0].victim_identified is expected
    assert reading.records[0].distributed is None
    assert reading.warnings == ()


def test_byte_order_mark_and_either_case_of_digests() -> None:
    plain = json.dumps(
        {"@odata.context": CONTEXT.format("US"), "value": [{"MD5": MD5.upper(), "SHA1": SHA1}]}
    ).encode()
    for content in (plain, b"\xef\xbb\xbf" + plain):
        file = ReceivedFile("x.json", content)
        assert vics.claims(file)
        assert [(entry.md5, entry.sha1) for entry in vics.read(file).records] == [(MD5, SHA1)]


def test_an_alternative_sha256_is_taken() -> None:
    alternatives = [
        {"HashName": "SHA-256", "HashValue": "AB" * 32},
        {"HashName": "X", "HashValue": "1"},
        None,
    ]
    assert of({"MD5": MD5, "AlternativeHashes": alternatives}).records[0].sha256 == "ab" * 32


def test_an_alternative_pdq_is_taken_and_an_unreadable_one_said() -> None:
    alternatives = [{"HashName": "PDQ", "HashValue": "0F" * 32}]
    assert of({"MD5": MD5, "AlternativeHashes": alternatives}).records[0].pdq == "0f" * 32
    alternatives[0]["HashValue"] = "short"
    reading = of({"MD5": MD5, "AlternativeHashes": alternatives})
    assert reading.records[0].pdq == ""
    assert met(reading) == [("/value/0/AlternativeHashes/0", "digest-unreadable")]


def test_records_that_cannot_be_used_are_warnings_with_their_place() -> None:
    reading = of(
        "text",
        {"MD5": "xyz"},
        {},
        {"SHA1": SHA1},
        {"MD5": "D41D8CD98F00B204E9800998ECF8427E"},
        {"MD5": MD5, "MediaSize": "big", "IsDistributed": "perhaps"},
        {"MD5": MD5, "SHA1": 7},
    )
    assert [entry.locator for entry in reading.records] == ["/value/3", "/value/5", "/value/6"]
    assert met(reading) == [
        ("/value/0", "not-a-record"),
        ("/value/1/MD5", "digest-unreadable"),
        ("/value/1", "no-digest"),
        ("/value/2/MD5", "md5-missing"),
        ("/value/2", "no-digest"),
        ("/value/3/MD5", "md5-missing"),
        ("/value/4", "digest-of-empty"),
        ("/value/5/MediaSize", "size-unreadable"),
        ("/value/5/IsDistributed", "flag-unreadable"),
        ("/value/6/SHA1", "digest-unreadable"),
    ]


def test_two_verdicts_on_one_digest_are_both_kept_and_named() -> None:
    reading = of(
        {"MD5": MD5, "Category": 1}, {"MD5": MD5.upper(), "Category": 2}, {"MD5": MD5, "Category": None}
    )
    assert [entry.category and entry.category.code for entry in reading.records] == ["1", "2", None]
    assert met(reading) == [("/value/1/Category", "verdicts-differ")]


@pytest.mark.parametrize(
    ("total", "warned"), [(2, False), ("2", False), (1, False), (3, True), (None, False)]
)
def test_the_case_shape_is_read_and_its_counter_not_trusted(total: Any, warned: bool) -> None:
    case = {"CaseID": "x", "TotalMediaFiles": total, "Media": [{"MD5": MD5}, {"MD5": MD5, "SHA1": SHA1}]}
    reading = of(case)
    assert [entry.locator for entry in reading.records] == ["/value/0/Media/0", "/value/0/Media/1"]
    assert (("/value/0/TotalMediaFiles", "total-differs") in met(reading)) is warned


def test_a_list_without_one_usable_entry_says_so() -> None:
    assert met(of()) == [("/value", "no-entries")]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b"null",
        b"\xff\xfe{\x00",
        b'{"value": []}',
        b'{"@odata.context": 3, "value": []}',
        b'{"@odata.context": "x/DataModels/9.9.xml/US/$metadata#Media", "value": []}',
        b'{"@odata.context": "http://example.org/", "value": []}',
        b'{"@odata.context": "x/DataModels/2.0.xml/US/$metadata#Media", "value": {}}',
        b'{"@odata.context": "x/DataModels/2.0.xml/US/$metadata#Media", "value": [NaN]}',
        b'{"@odata.context": "x/DataModels/2.0.xml/US/$metadata#Media", "value": [{"MD5": "900150',
        b"[" * 200_000,
        b'{"a": ' + b"1" * 5000 + b"}",
    ],
)
def test_a_file_that_is_no_whole_vics_set_is_a_reader_error(content: bytes) -> None:
    with pytest.raises(ReaderError):
        vics.read(received(content))


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@given(content=st.binary(max_size=400))
def test_random_bytes_end_in_a_reading_or_a_reader_error(reader: Any, content: bytes) -> None:
    for prefix in (b"", b"%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n"):
        file = ReceivedFile("x", prefix + content)
        reader.claims(file)
        try:
            reading = reader.read(file)
        except ReaderError:
            continue
        assert all(
            entry.md5 or entry.sha1 or entry.sha256 or entry.photodna or entry.pdq or entry.withdrawn
            for entry in reading.records
        )


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from([MD5, SHA1, "0", "1", "true", "ab" * 32]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "MD5",
                    "SHA1",
                    "Category",
                    "MediaSize",
                    "Media",
                    "AlternativeHashes",
                    "HashName",
                    "HashValue",
                    "IsDistributed",
                    "CaseID",
                    "TotalMediaFiles",
                    "Series",
                    "PhotoDNA",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(value=_VALUES)
def test_any_json_in_the_place_of_records_is_survived(value: Any) -> None:
    try:
        reading = vics.read(received({"@odata.context": CONTEXT.format("US"), "value": value}))
    except ReaderError:
        assert not isinstance(value, list)
        return
    assert all(entry.category is None or entry.category.scheme == "VICS/US" for entry in reading.records)
    as_text(reading).encode()

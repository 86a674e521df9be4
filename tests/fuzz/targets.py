"""What is fuzzed: every reader of every kind, the archive, the profiles and the miner; and what they may answer.

Allowed is a sound `Reading` (every item typed as its class says, every message one that a database and a terminal
take) or a `ReaderError`. A value stays as it was received, NUL and half surrogates included. Nothing here imports
atheris, so that a finding is replayed on any Python.
"""

from __future__ import annotations

import json
import types
import typing
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from kaval.engine.formats import Understood, archive, discover, everything_in
from kaval.engine.formats._spec import (
    EnclosedFile,
    LeadRecord,
    ReadWarning,
    ReceivedFile,
    collect,
)
from kaval.engine.formats.as_json import as_text
from kaval.engine.formats.mining import mine
from kaval.engine.formats.profile import (
    Profile,
    from_json,
    suggest,
    suggestion_from_json,
    suggestion_to_json,
    to_json,
)
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.testing import outcome_of

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ROOT / "tests" / "samples"
KINDS = ("intake", "provider", "network", "hashset", "device", "exchange")
_ASIDE = (".expected.json", ".profile.json")
# One input of this many is read a second way, and both ways must say the same.
_TWICE = 8


class Unsound(AssertionError):
    """An answer that is none of those allowed."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that takes received bytes. `check` returns what it said in one line, or raises: that is a finding."""

    name: str
    check: Callable[[bytes], str]
    seeds: tuple[bytes, ...]

    @property
    def folder(self) -> str:
        """The name of its folder under `.kaval/fuzz`."""
        return self.name.replace("/", "-")


def targets() -> dict[str, Target]:
    """All targets by name: `intake/tip_email`, `provider/…`, `archive`, `mining`, …"""
    found = [_reader(kind, module) for kind in KINDS for module in discover(kind)]
    every = tuple(seed for target in found for seed in target.seeds if len(seed) < 16_384)
    found += [
        Target("archive", _check_archive, _zips(every)),
        Target("everything_in", _check_everything, every + _zips(every)),
        Target("profile_suggest", _check_suggest, every),
        Target("profile_from_json", _check_profile, tuple(_profile_bytes())),
        Target("mining", _check_mining, tuple(seed for seed in every if not seed.startswith(b"PK"))),
    ]
    return {target.name: target for target in found}


# ---------------------------------------------------------------- readers


def _reader(kind: str, module: ModuleType) -> Target:
    folder = SAMPLES / kind / module.SPEC.name
    paths = sorted(p for p in folder.glob("*") if p.is_file() and not p.name.endswith(_ASIDE))
    profiles = tuple(_profile(beside) for beside in sorted(folder.glob("*.profile.json")))
    names = tuple({path.suffix: path.name for path in paths}.values()) or ("any.bin",)
    seeds = tuple(path.read_bytes() for path in paths)
    if any(path.suffix == ".pdf" for path in paths):
        seeds += (_small_pdf(),)  # tried a hundred times as often as a sample with fonts in it
    return Target(
        f"{kind}/{module.SPEC.name}", lambda content: _check(module, content, names, profiles), seeds
    )


def _small_pdf() -> bytes:
    """One page of labelled text in one stream that is not packed."""
    lines = (
        "CyberTipline Report 190000078", "Priority Level: E", "Received by NCMEC on 01-05-2026 10:00:00 UTC",
        "Section A: Reported Information", "Suspect", "Screen/User Name: blue_kite", "IP Address: 198.51.100.7 (Login)",
        "01-03-2026 18:45:10 UTC", "Filename: pattern-0001.png", "MD5: 0123456789abcdef0123456789abcdef",
        "Section B: Automated Information", "Section C: Additional Information", "Section D: Law Enforcement",
    )  # fmt: skip
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    stream = f"BT /F1 10 Tf 12 TL 40 800 Td {shown} ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 6\n0000000000 65535 f \n"
    end = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    return out + head + table + end


def _check(module: ModuleType, content: bytes, names: Iterable[str], profiles: tuple[Profile, ...]) -> str:
    files = [ReceivedFile(name, content, profiles) for name in names]
    claimed = []
    for file in files:
        answer = module.claims(file)
        if not isinstance(answer, bool):
            raise Unsound(f"claims() answered {answer!r}")
        claimed += [file] if answer else []
    file = (claimed or files)[0]
    outcome = outcome_of(module, file)
    said = f"{'claimed' if claimed else 'not claimed'}; "
    if isinstance(outcome, ReaderError):
        _check_error(outcome)
        return f"{said}ReaderError: {outcome}"
    _check_items((*outcome.records, *outcome.warnings))
    as_text(outcome).encode("utf-8")
    if hasattr(module, "stream") and zlib.crc32(content) % _TWICE == 0:
        streamed = collect(module.SPEC, module.stream(file))
        if streamed != outcome:
            raise Unsound("stream() and read() differ")
    return f"{said}{len(outcome.records)} records, {len(outcome.warnings)} warnings"


def _check_error(error: ReaderError) -> None:
    for text in (error.problem, error.file, error.place, error.mend):
        _check_typed(text, str, "ReaderError")
        _check_text(text, "ReaderError")


def _check_items(items: Iterable[Any]) -> None:
    for item in items:
        if not is_dataclass(item) or not type(item).__module__.startswith("kaval.engine.formats"):
            raise Unsound(f"an item of the type {type(item).__name__}")
        _check_typed(item, type(item), type(item).__name__)
        if isinstance(item, ReadWarning):
            if not (item.code and item.text):
                raise Unsound(f"a warning without code or text: {item}")
            for text in (item.place, item.code, item.text, item.mend):
                _check_text(text, f"warning {item.code}")


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _check_typed(value: Any, wanted: Any, place: str) -> None:
    """Raises when a value is not what its annotation says."""
    origin = typing.get_origin(wanted)
    if wanted is Any:
        return None
    if origin in (typing.Union, types.UnionType):
        for choice in typing.get_args(wanted):
            if choice is type(None) and value is None:
                return None
            if choice is not type(None) and isinstance(value, typing.get_origin(choice) or choice):
                return _check_typed(value, choice, place)
        raise Unsound(f"{place} is {value!a}, not {wanted}")
    if not isinstance(value, origin or wanted) or (wanted is int and isinstance(value, bool)):
        raise Unsound(f"{place} is {value!a}, not {wanted}")
    if origin is tuple:
        _check_tuple(value, typing.get_args(wanted), place)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            _check_typed(key, str, place)
            _check_typed(inner, (typing.get_args(wanted) or (str, str))[1], f"{place}/{key}")
    elif is_dataclass(value):
        kind: type = value if isinstance(value, type) else type(value)
        hints = _hints(kind)
        for item in fields(value):
            _check_typed(getattr(value, item.name), hints[item.name], f"{place}.{item.name}")
    return None


def _check_tuple(value: tuple[Any, ...], wanted: tuple[Any, ...], place: str) -> None:
    if len(wanted) == 2 and wanted[1] is Ellipsis:
        wanted = (wanted[0],) * len(value)
    if len(wanted) != len(value):
        raise Unsound(f"{place} has {len(value)} parts, not {len(wanted)}")
    for number, (inner, kind) in enumerate(zip(value, wanted, strict=True)):
        _check_typed(inner, kind, f"{place}[{number}]")


def _check_text(value: str, place: str) -> None:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as problem:
        raise Unsound(f"{place} holds a lone surrogate: {value[:60]!a}") from problem


# ---------------------------------------------------------------- archive, profiles, miner


def _check_archive(content: bytes) -> str:
    file = ReceivedFile("package.zip", content)
    count = 0
    try:
        for entry in archive.entries(file):
            count += 1
            if isinstance(entry, EnclosedFile | ReadWarning):
                _check_items((entry,))
            elif isinstance(entry, ReceivedFile):
                _check_text(entry.name, "member")
                if len(entry.content) > len(content) * archive.MAX_RATIO + archive.RATIO_FREE_BYTES:
                    raise Unsound("a member beyond the ratio")
            else:
                raise Unsound(f"an entry of the type {type(entry).__name__}")
    except ReaderError as error:
        _check_error(error)
        return f"{count} entries, then ReaderError: {error}"
    return f"{count} entries"


def _check_everything(content: bytes) -> str:
    understood = Understood()
    leads = warnings = 0
    name = "any.zip" if content.startswith(b"PK") else "any.bin"
    for item in everything_in(ReceivedFile(name, content), "intake", understood):
        _check_items((item,))
        leads += isinstance(item, LeadRecord)
        warnings += isinstance(item, ReadWarning)
    # An archive of closed files alone is fine and says nothing; a document must say something.
    if content and name != "any.zip" and not (leads or warnings or understood.formats):
        raise Unsound("nothing was read and nothing was said")
    _check_text(understood.problem, "problem")
    return f"{leads} leads, {warnings} warnings {understood.problem}"


def _check_suggest(content: bytes) -> str:
    try:
        suggestion = suggest(ReceivedFile(_named(content), content))
    except ReaderError as error:
        _check_error(error)
        return f"ReaderError: {error}"
    if suggestion_from_json(json.loads(json.dumps(suggestion_to_json(suggestion)))) != suggestion:
        raise Unsound("a suggestion that is not the same after JSON")
    return f"{suggestion.profile.kind}, {len(suggestion.questions)} questions"


def _named(content: bytes) -> str:
    first = content.lstrip(b"\xef\xbb\xbf \r\n\t")[:2]
    return {b"PK": "any.xlsx", b"<": "any.xml", b"{": "any.json", b"[": "any.json"}.get(
        first, {b"<": "any.xml", b"{": "any.json", b"[": "any.json"}.get(first[:1], "any.csv")
    )


def _check_profile(content: bytes) -> str:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return "no JSON"
    try:
        profile = from_json(value)
    except ReaderError as error:
        _check_error(error)
        return f"ReaderError: {error}"
    if from_json(json.loads(json.dumps(to_json(profile)))) != profile:
        raise Unsound("a profile that is not the same after JSON")
    return f"{profile.name}@{profile.version}"


def _check_mining(content: bytes) -> str:
    text = content.decode("utf-8", "replace").replace("\0", "\ufffd")
    mined = mine(text, locator="text")
    _check_items((*mined.identifiers, *mined.observations, *mined.warnings))
    for found in mined.identifiers:
        start, _, end = found.locator.rpartition(" ")[2].partition("-")
        if text[int(start) : int(end)] != found.value:
            raise Unsound(f"{found.locator} is not {found.value!r}")
    return f"{len(mined.identifiers)} identifiers, {len(mined.observations)} observations"


def _profile(path: Path) -> Profile:
    return from_json(json.loads(path.read_bytes()), file=path.name)


def _profile_bytes() -> Iterator[bytes]:
    for path in sorted(SAMPLES.rglob("*.profile.json")):
        yield path.read_bytes()


def _zips(seeds: tuple[bytes, ...]) -> tuple[bytes, ...]:
    from tests.fuzz.mutate import zipped

    texts = [seed for seed in seeds if len(seed) < 4000][:12]
    names = ("CT-1.xml", "CT-1/a.json", "b.csv", "picture.png", "inner.zip", "../up.txt")
    return (
        zipped([(name, text) for name, text in zip(names, texts, strict=False)]),
        zipped([("a.xml", texts[0]), ("a.xml", texts[1])]),
        zipped([("x/y/z.eml", texts[-1])]),
    )

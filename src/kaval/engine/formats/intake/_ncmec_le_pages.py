"""The lines of the PDF become one report: section by section, block by block, label by label.

Confidence: `high` when a label stands in its own block of Section A (or on the cover) with a valid value on its line;
`medium` when it stands elsewhere or the value begins or goes on on the next line; `low` for what was found without a
label, which is only mentioned. Section B tells where NCMEC's systems place an address and Section D whom to call: both
are kept as fields, and nobody is observed or reported by them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from kaval.engine.formats._spec import FileRecord, ObservationRecord
from kaval.engine.formats.intake import _ncmec_le_values as values
from kaval.engine.formats.intake._ncmec_le import about_child, class_tag, hash_of
from kaval.engine.formats.intake._ncmec_le_harvest import (
    MENTIONED,
    RECIPIENT,
    REPORTED,
    REPORTER,
    VICTIM,
    Harvest,
    Side,
)
from kaval.engine.formats.intake._ncmec_le_labels import (
    FURNITURE,
    NUMBER,
    SECTION,
    Label,
    block_of,
    label_in,
)
from kaval.engine.formats.intake._ncmec_le_pdf_text import Line
from kaval.engine.formats.intake._ncmec_le_values import HIDDEN, HIGH, LOW, MEDIUM
from kaval.engine.kernel import identifier as identifiers
from kaval.engine.kernel.instant import NO_TIME, StatedTime

_SIDES = {
    "reported": REPORTED,
    "recipient": RECIPIENT,
    "victim": VICTIM,
    "provider": REPORTER,
    "file": REPORTED,
}
_KINDS = {"email": "email", "phone": "phone", "name": "name", "profile_url": "profile_url"}
_SCOPED = {"handle": "handle", "account": "esp_account"}
_SCALARS = ("received", "handling", "incident_type", "files_stated", "esp", "incident_time")
_INNER = "reportedInformation"
_PATHS = {
    "reported": f"{_INNER}/reportedPeople/reportedPersons",
    "recipient": f"{_INNER}/intendedRecipients/intendedRecipients",
    "victim": f"{_INNER}/victims/victims",
    "file": f"{_INNER}/uploadedFiles/uploadedFiles",
}
_FILE_STARTS = frozenset(("filename", "submittal", "md5"))


@dataclass(slots=True)
class Scalar:
    """A value of the cover with its place."""

    text: str
    at: str


@dataclass(slots=True)
class _Account:
    """The person being read: what needs the service's name waits for it."""

    service: str = ""
    waiting: list[tuple[str, str, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _File:
    name: str = ""
    at: str = ""
    hashes: list[tuple[str, str]] = field(default_factory=list)
    viewed: bool | None = None
    tags: list[str] = field(default_factory=list)
    told: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Pages:
    """What was gathered from the pages. `scalars` holds the first value of each label of the cover and summary."""

    order: str = ""
    harvest: Harvest = field(default_factory=Harvest)
    scalars: dict[str, Scalar] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    files: list[FileRecord] = field(default_factory=list)
    people: dict[str, int] = field(default_factory=dict)
    section: str = "cover"
    block: str = "cover"
    _account: _Account = field(default_factory=_Account)
    _file: _File | None = None
    _seen: ObservationRecord | None = None
    _run: list[Line] = field(default_factory=list)
    _last: Label | None = None
    _counted: bool = False
    sections: set[str] = field(default_factory=set)
    _kept: dict[str, int] = field(default_factory=dict)

    # ------------------------------------------------------------ the lines

    def read(self, lines: list[Line]) -> None:
        """Takes all lines in."""
        at = 0
        while at < len(lines):
            at += self._line(lines[at], lines[at + 1] if at + 1 < len(lines) else None)
        self._close()

    def _line(self, line: Line, following: Line | None) -> int:
        """Takes in one line, and the next one too when it belongs to it; the number of lines taken."""
        number = NUMBER.search(line.text)
        if number is not None:
            self.numbers.setdefault(number[1], line.at)
        if FURNITURE.fullmatch(line.text):
            return 1
        if self._heading(line.text):
            return 1
        found = label_in(line.text)
        if found is not None and found[0] is None and (self.block == "text" or self.section == "C"):
            found = None
        if found is None:
            self._unlabelled(line)
            return 1
        self._end_run()
        label, words, value = found
        self._last = label
        if label is None:
            self._keep(words, value, line)
            self._mine([line])
            return 1
        return 1 + self._labelled(label, value, line=line, following=following)

    def _unlabelled(self, line: Line) -> None:
        """A further value of the label above, when it is one; else running text."""
        last = self._last
        if (
            last is not None
            and not self._run
            and values.is_value(last.what, line.text)
            and self.section in ("A", "C")
        ):
            _TAKE[last.what](self, last.what, line.text, line=line, sure=MEDIUM)
        else:
            self._last = None
            self._run.append(line)

    def _heading(self, text: str) -> bool:
        section, block = SECTION.match(text), block_of(text)
        if section is None and not block:
            return False
        self._close()
        if section is not None:
            self.section, self.block = section[1].upper(), ""
            self.sections.add(self.section)
        elif block == "summary":
            self.section, self.block = "cover", block
        else:
            self.block = block
        return True

    def _labelled(self, label: Label, value: str, *, line: Line, following: Line | None) -> int:
        sure = HIGH if self.block in label.home and self.section in ("A", "cover") else MEDIUM
        taken = 0
        if following is not None and not self._is_new(following.text):
            longer = values.continued(label.what, value, following.text)
            if longer:
                value, taken, sure = longer, 1, MEDIUM
        if not value:
            return taken
        if self.section in ("B", "D") or (label.what in _SCALARS and self.section == "C"):
            self._keep(label.what, value, line)
        elif label.what == "number":
            self.numbers.setdefault("".join(value.split()), line.at)
        elif label.what in _SCALARS:
            self.scalars.setdefault(label.what, Scalar(value, line.at))
        else:
            self._count()
            for part in values.parts_of(label.what, value):
                _TAKE[label.what](self, label.what, part, line=line, sure=sure)
        return taken

    def _count(self) -> None:
        """A person counts from the first value of the block: a heading alone is nobody."""
        if self.section == "A" and not self._counted:
            self._counted = True
            self.people[self.block] = self.people.get(self.block, 0) + 1

    def _is_new(self, text: str) -> bool:
        return bool(SECTION.match(text) or block_of(text) or label_in(text) or FURNITURE.fullmatch(text))

    # ------------------------------------------------------------ values

    @property
    def _side(self) -> Side:
        """Whose block it is; outside the known blocks of Section A everything is only mentioned."""
        return _SIDES.get(self.block, MENTIONED) if self.section == "A" else MENTIONED

    def _path(self) -> str:
        """The path the same part has in the JSON, so that the two can be compared."""
        base = _PATHS.get(self.block) if self.section == "A" and self.block != "file" else None
        return f"{base}/{self.people[self.block] - 1}" if base else ""

    def _identify(self, what: str, value: str, *, line: Line, sure: str) -> None:
        plain, verified = values.without_note(value)
        kind = _KINDS.get(what) or _SCOPED[what]
        if what in _SCOPED:
            self._account.waiting.append((kind, plain, line.at, sure))
        else:
            valid = what not in ("email", "phone") or identifiers.normalise(kind, plain) is not None
            self._add(kind, plain, at=line.at, sure=sure if valid else LOW)
        if verified:
            self._keep(f"{what} verified", verified, line)

    def _add(self, kind: str, value: str, *, at: str, sure: str, scope: str = "") -> None:
        side = self._side
        if side.party == "victim" and kind == "name":
            self._store("Name", value, hidden=True)
            return
        self.harvest.name(kind, value, side=side, at=at, scope=scope)
        self.harvest.identifiers[-1] = replace(self.harvest.identifiers[-1], confidence=sure)

    def _serve(self, what: str, value: str, *, line: Line, sure: str) -> None:
        self._account.service = value
        path = self._path()
        if path and self.block != "victim":
            self.harvest.fields[f"{path}/espService"] = value
        else:
            self._keep(what, value, line)

    def _address(self, what: str, value: str, *, line: Line, sure: str) -> None:
        self._end_seen()
        seen = values.seen_in(value)
        if seen is None:
            text = f"{value!r} is no IP address: no observation made of it"
            self.harvest.warn(line.at, "address_unreadable", text)
            self._keep(what, value, line)
            return
        time = self._time(seen.time, line)
        port = self.harvest.port(seen.port, line.at)
        role = self._side.role
        self._seen = ObservationRecord(seen.ip, port, "", time, seen.event, role, line.at, confidence=sure)

    def _time(self, text: str, line: Line) -> StatedTime:
        if not text:
            return NO_TIME
        time, problem = values.time_of(text, self.order)
        if problem:
            self.harvest.warn(line.at, problem[0], problem[1], mend=problem[2])
        return time

    def _detail(self, what: str, value: str, *, line: Line, sure: str) -> None:
        """Port, event or time of the address above it; without one it is only kept."""
        if self._seen is None:
            self._keep(what, value, line)
            return
        sure = sure if self._seen.confidence == HIGH else self._seen.confidence
        if what == "port":
            self._seen = replace(self._seen, port=self.harvest.port(value, line.at), confidence=sure)
        elif what == "event":
            self._seen = replace(self._seen, event=value, confidence=sure)
        else:
            self._seen = replace(self._seen, time=self._time(value, line), confidence=sure)

    def _of_file(self, what: str, value: str, *, line: Line, sure: str) -> None:
        if self.section != "A":
            self._keep(what, value, line)
            return
        if self._file is not None and what in _FILE_STARTS & self._file.told:
            self._end_seen()
            self._end_file()
        if self._file is None:
            self._file = _File(at=line.at)
        self._file.told.add(what)
        path = f"{_PATHS['file']}/{len(self.files)}"
        if what in ("filename", "original"):
            key = "filename" if what == "filename" else "originalFilename"
            self.harvest.restricted[f"{path}/{key}"] = value
        elif what == "submittal":
            self._file.name = value
            self.harvest.fields[f"{path}/submittalId"] = value
        elif what == "viewed":
            self._file.viewed = values.yes_or_no(value)
            self._keep("viewed", value, line)
        elif what == "class":
            tag = class_tag(value)
            self._file.tags += [tag] if tag else []
            self.harvest.fields[f"{path}/industryClassification"] = value
        else:
            self._hash(what, value, line=line)

    def _hash(self, what: str, value: str, *, line: Line) -> None:
        pair = hash_of(value)
        if self._file is None or pair is None or what not in (pair[0], "hash"):
            text = f"{value!r} is no {what}: kept as text, it matches nothing"
            self.harvest.warn(line.at, "hash_unreadable", text, mend="Read it in the PDF")
            self._keep(what, value, line)
        else:
            self._file.hashes.append(pair)

    # ------------------------------------------------------------ the rest

    def _keep(self, words: str, value: str, line: Line) -> None:
        """A value no record has a place for, under its section, block and label."""
        name = words.casefold()
        child = self.block == "victim" or about_child(words)
        self._store(words, value, hidden=child or name in HIDDEN or self.block in ("text", "provider"))

    def _store(self, words: str, value: str, *, hidden: bool) -> None:
        place = "Cover" if self.section == "cover" else f"Section {self.section}"
        key = "/".join(filter(None, (place, self.block if self.section != "cover" else "", words)))
        count = self._kept[key] = self._kept.get(key, 0) + 1
        target = self.harvest.restricted if hidden else self.harvest.fields
        target[key if count == 1 else f"{key}#{count}"] = value

    def _end_run(self) -> None:
        """Text without a label: kept, restricted, and mined where the provider or NCMEC's staff speak."""
        run, self._run = self._run, []
        if not run:
            return
        text = "\n".join(line.text for line in run)
        self._store("text", text, hidden=True)
        self._mine(run)

    def _mine(self, run: list[Line]) -> None:
        if self.section not in ("B", "D") and self.block != "victim":
            values.mine_lines(run, self.harvest)

    def _end_seen(self) -> None:
        if self._seen is not None:
            self.harvest.observations.append(self._seen)
        self._seen = None

    def _close(self) -> None:
        """The end of a block."""
        self._end_run()
        self._end_seen()
        account, self._account = self._account, _Account()
        esp = self.scalars.get("esp")
        for kind, value, at, sure in account.waiting:
            self._add(kind, value, at=at, sure=sure, scope=account.service or (esp.text if esp else ""))
        self._end_file()
        self._last, self._counted = None, False

    def _end_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            name = file.name or f"file {len(self.files) + 1}"
            self.files.append(FileRecord(name, tuple(file.hashes), file.viewed, tuple(file.tags), file.at))


_TAKE: dict[str, Callable[..., None]] = {
    **dict.fromkeys((*_KINDS, *_SCOPED), Pages._identify),
    **dict.fromkeys(("port", "event", "time"), Pages._detail),
    **dict.fromkeys(
        ("filename", "original", "submittal", "md5", "sha1", "hash", "viewed", "class"), Pages._of_file
    ),
    "ip": Pages._address,
    "service": Pages._serve,
    "url": lambda pages, what, value, *, line, sure: pages._keep(what, value, line),
}

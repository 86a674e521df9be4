"""An INTERPOL ICSE hash list (CSV with semicolons) becomes hash set entries with the flag Baseline as their verdict.

Tried: lists made here with the twelve columns that a public reader expects. Not supported: Image ID, number of
submissions, availability and media type (they do not say what a file is). Missing values: an empty flag means not
stated; an empty Baseline means no verdict, which is not `no`.
Source: formats.md 2.3, reconstructed there from an implementer: no official description was seen. The scheme is
`ICSE/Baseline`, its version unstated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile, collect
from kaval.engine.formats.hashset._lines import Columns, entry_of, header, table, told
from kaval.engine.formats.hashset._model import HashSetEntry, SchemeCode, photodna_bytes
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(name="icse", version="1", kind="hashset", title="INTERPOL ICSE hash list (CSV)")

_NAMES = {
    "md5": "md5",
    "sha1": "sha1",
    "photodna": "photodna",
    "is distributed": "distributed",
    "victim identified": "victim_identified",
    "offender identified": "offender_identified",
    "series name": "series",
    "baseline": "baseline",
}
_FLAGS = ("distributed", "victim_identified", "offender_identified", "baseline")
_SAYS = dict.fromkeys(("y", "yes", "t", "true"), True) | dict.fromkeys(("n", "no", "f", "false"), False)


def claims(file: ReceivedFile) -> bool:
    """True for a first line with the column names of ICSE."""
    return {"md5", "image id", "baseline"} <= set(header(file, delimiter=";"))


def read(file: ReceivedFile) -> Reading[HashSetEntry]:
    """The entries in file order.

    Raises:
        ReaderError: no header of ICSE.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[HashSetEntry | ReadWarning]:
    """The same one by one."""
    if not claims(file):
        raise ReaderError("no header of an ICSE list", file=file.name, place="line 1")
    yield from told(_entries(file), place="line 2")


def _entries(file: ReceivedFile) -> Iterator[HashSetEntry | ReadWarning]:
    for place, values in table(file, _columns, delimiter=";"):
        taken = entry_of(values, place)
        if isinstance(taken, ReadWarning):
            yield taken
            continue
        flags: dict[str, bool | None] = {}
        for name in _FLAGS:
            stated = values.get(name, "").lower()
            flags[name] = _SAYS.get(stated)
            if stated and stated not in _SAYS:
                yield ReadWarning(
                    place, "flag-unreadable", f"{name}: neither yes nor no; taken as not stated"
                )
        photodna = values.get("photodna", "")
        if photodna and photodna_bytes(photodna) is None:
            yield ReadWarning(place, "photodna-unreadable", "this is no PhotoDNA value; it is not compared")
        verdict = {True: "yes", False: "no", None: ""}[flags["baseline"]]
        yield replace(
            taken,
            category=SchemeCode("ICSE/Baseline", "unstated", verdict) if verdict else None,
            photodna=photodna,
            series=values.get("series", ""),
            distributed=flags["distributed"],
            victim_identified=flags["victim_identified"],
            offender_identified=flags["offender_identified"],
        )


def _columns(names: Sequence[str]) -> Columns:
    return {_NAMES[name]: at for at, name in enumerate(names) if name in _NAMES}

"""An examination as a VICS 2.0 case: every picture and video by content, with places and the verdict of the lists.

A category is written only where lists of one VICS scheme give exactly these bytes one code; the country word of the
context is that scheme's. Codes of other schemes, codes that differ and likeness stand in `Comments` with their scheme,
and the category is null: a number means nothing without its scheme (formats.md 2.2). Only fields we hold are written:
no `RelativeFilePath`, because no file leaves. Times of a device's own wall clock are written without `Z`.
UTF-8 without BOM, real booleans, upper-case hex, keys in the model's order, one `Media` at a time. Read back by
Kaval's own reader in the tests. Source: formats.md 2.1, reconstructed there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from kaval.engine.formats.findings._line import (
    ExaminationHead,
    Line,
    exif,
    file_name,
    matches_of,
    part,
    said,
    verdicts,
)

_CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/{country}/$metadata#Cases"


@dataclass(frozen=True, slots=True)
class VicsScheme:
    """The scheme whose numbers the case writes: `country` for the context, `text` as lists name it with its version.

    `text` None: no list gives a verdict in a VICS 2.0 scheme, and every category is null.
    """

    country: str
    text: str | None


def scheme_of(seen: Counter[str]) -> VicsScheme:
    """The scheme of the case from how often each was met (`verdicts`): the VICS 2.0 scheme met most."""
    named = {
        text: number
        for text, number in seen.items()
        if text.startswith("VICS/") and text.endswith(" 2.0") and "unstated" not in text
    }
    if not named:
        return VicsScheme("Default", None)
    text = min(named, key=lambda one: (-named[one], one))
    return VicsScheme(text.removeprefix("VICS/").removesuffix(" 2.0"), text)


def vics_case(
    head: ExaminationHead, groups: Iterable[Sequence[Line]], *, scheme: VicsScheme, total: int, known: int
) -> Iterator[bytes]:
    """The case as pieces of JSON; each group are the findings of one content with an MD5, `total` their number.

    `known` is how many of the groups carry a category of the scheme.
    """
    tool, version = head.tool_parts
    case: dict[str, Any] = {
        "CaseID": str(uuid5(NAMESPACE_URL, f"vics/{head.inputs_digest}")),
        "CaseNumber": head.case_number,
        "ContactOrganization": head.unit,
        "SourceApplicationName": tool,
        "SourceApplicationVersion": version,
        "TotalMediaFiles": total,
        "TotalPrecategorized": known,
    }
    top = {"@odata.context": _CONTEXT.format(country=scheme.country)}
    yield _json(top)[:-1] + b',"value":[' + _json(case)[:-1] + b',"Media":['
    for number, group in enumerate(groups, start=1):
        yield (b",\n" if number > 1 else b"\n") + _json(_media(number, group, scheme))
    yield b"]}]}\n"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def category_of(given: Mapping[str, set[str]], scheme: VicsScheme) -> str | None:
    """The one code of the scheme in these `verdicts`; None when there is none, or more than one, or no number."""
    codes = given.get(scheme.text or "", set())
    code = next(iter(codes), "") if len(codes) == 1 else ""
    return code if code.isascii() and code.isdigit() else None


def _media(number: int, group: Sequence[Line], scheme: VicsScheme) -> dict[str, Any]:
    first = group[0]
    code = category_of(verdicts(first), scheme)
    comments = "; ".join(dict.fromkeys(said(match) for match in matches_of(first)))
    media: dict[str, Any] = {
        "MediaID": number,
        "Category": None if code is None else int(code),
        "MD5": _hex(first, "md5"),
        "SHA1": _hex(first, "sha1"),
        "MediaSize": first.get("size"),
        "MimeType": first.get("mime"),
        "IsPrecategorized": code is not None,
        "PrecategorizationSource": _given_by(first, scheme) if code is not None else None,
        "Comments": comments or None,
        "MediaFiles": [_place(line) for line in group],
        "Exifs": [
            {"MD5": _hex(first, "md5"), "PropertyName": name, "PropertyValue": value}
            for name, value in exif(first)
        ],
        "AlternativeHashes": list(_alternative(first)),
    }
    return {key: value for key, value in media.items() if value is not None or key == "Category"}


def _hex(line: Line, name: str) -> str | None:
    return str(line[name]).upper() if line.get(name) else None


def _given_by(line: Line, scheme: VicsScheme) -> str:
    own = (
        one for one in matches_of(line) if scheme.text == f"{one.get('scheme')} {one.get('scheme_version')}"
    )
    return ", ".join(dict.fromkeys(f"{one.get('set')} {one.get('version')}" for one in own))


def _place(line: Line) -> dict[str, Any]:
    path, times, state = str(line.get("path") or ""), part(line, "times"), line.get("state")
    place = {
        "MD5": _hex(line, "md5"),
        "FileName": file_name(path),
        "FilePath": path,
        "Created": times.get("created"),
        "Written": times.get("modified"),
        "Accessed": times.get("accessed"),
        "Unallocated": state == "carved",
        "Deleted": state == "deleted",
        "PhysicalLocation": None if line.get("address") is None else str(line["address"]),
        "SourceID": line.get("source"),
    }
    return {key: value for key, value in place.items() if value is not None}


def _alternative(line: Line) -> Iterator[dict[str, Any]]:
    for key, name in (("sha256", "SHA256"), ("pdq", "PDQ")):
        if line.get(key):
            yield {"MD5": _hex(line, "md5"), "HashName": name, "HashValue": _hex(line, key)}

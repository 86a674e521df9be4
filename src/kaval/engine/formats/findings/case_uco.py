"""An examination as CASE/UCO 1.4 or later (JSON-LD): tool, lists, sources, the files that lists know, and why.

Written piece by piece, so that no report is held in memory. Identifiers are `urn:uuid:` derived from the digest of the
inputs: two reports of one result are the same graph. Only files with a match are written; the others are counted in
the bundle's description. A match is an `AnalyticResult` with an `ArtifactClassificationResultFacet` whose class is
scheme, version and code together, never a bare number; likeness is written as such and without a class.
Checked with `case_validate` (case-utils 0.18, CASE 1.5.0). Not written: times of a device's own wall clock are given
without a zone, as recorded. Source: formats.md 5.1; CASE and UCO ontologies 1.4 [V].
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from kaval.engine.formats.findings._line import (
    ExaminationHead,
    Line,
    exif,
    file_name,
    matches_of,
    near,
    part,
    said,
    scheme_text,
)

_UCO = "https://ontology.unifiedcyberontology.org/uco/"
_CONTEXT = {
    **{
        f"uco-{name}": f"{_UCO}{name}/"
        for name in ("action", "analysis", "configuration", "core", "observable", "tool", "types")
    },
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_HASHES = (("md5", "MD5"), ("sha1", "SHA1"), ("sha256", "SHA256"))
_TIMES = (
    ("modified", "modifiedTime"),
    ("accessed", "accessedTime"),
    ("changed", "metadataChangeTime"),
    ("created", "observableCreatedTime"),
)
Node = dict[str, Any]


def case_graph(head: ExaminationHead, files: Iterable[Line], *, counts: Line) -> Iterator[bytes]:
    """The report as pieces of UTF-8 JSON-LD; `files` may be all findings, those without a match are passed over."""
    writer = _Writer(head)
    yield b'{"@context":' + _json(_CONTEXT) + b',"@graph":[\n'
    for node in writer.nodes(files, counts):
        yield _json(node) + b",\n"
    yield _json(writer.bundle(counts)) + b"\n]}\n"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def _number(value: int) -> Node:
    return {"@type": "xsd:integer", "@value": str(value)}


def _time(value: str) -> Node:
    return {"@type": "xsd:dateTime", "@value": value}


class _Writer:
    """Makes the nodes and remembers the identifiers that the bundle and the action name."""

    def __init__(self, head: ExaminationHead) -> None:
        self._head = head
        self._sources: dict[str, str] = {}
        self._objects: list[str] = []
        self._results: list[str] = []

    def _id(self, *parts: object) -> str:
        return "urn:uuid:" + str(
            uuid5(NAMESPACE_URL, json.dumps([self._head.inputs_digest, *map(str, parts)]))
        )

    def _object(self, kind: str, *parts: object) -> Node:
        node = {"@id": self._id(kind, *parts), "@type": kind}
        self._objects.append(node["@id"])
        return node

    def nodes(self, files: Iterable[Line], counts: Line) -> Iterator[Node]:
        """Everything but the bundle."""
        tool, version = self._head.tool_parts
        lists = self._object("uco-configuration:Configuration", "lists")
        instrument = self._object("uco-tool:ConfiguredTool", "tool")
        yield lists | {
            "uco-core:name": "hash sets compared with",
            "uco-configuration:configurationEntry": [
                self._list(number, one) for number, one in enumerate(self._head.hashsets)
            ],
        }
        yield instrument | {
            "uco-core:name": tool,
            "uco-configuration:usesConfiguration": {"@id": lists["@id"]},
            **({"uco-tool:version": version} if version else {}),
        }
        for number, source in enumerate(self._head.sources):
            yield self._source(number, source)
        for number, line in enumerate(files):
            if matches_of(line):
                yield from self._known(number, line)
        yield self._action(instrument["@id"])
        yield self._object("case-investigation:Investigation", "case") | {
            "uco-core:name": self._head.case_number or "not given",
            "case-investigation:investigationForm": "case",
        }

    def _list(self, number: int, one: Line) -> Node:
        version = str(one.get("version") or "not stated")
        return {
            "@id": self._id("list", number),
            "@type": "uco-configuration:ConfigurationEntry",
            "uco-configuration:itemName": str(one.get("set") or "hash set"),
            "uco-configuration:itemValue": [version],
            "uco-configuration:itemDescription": f"{one.get('format')}, {one.get('rows')} entries, received from "
            f"{one.get('received_from') or 'not stated'}, lawful use: {one.get('lawful_use') or 'not stated'}",
        }

    def _source(self, number: int, source: Line) -> Node:
        name, folder = str(source.get("name") or number), source.get("kind") == "folder"
        kind = "uco-observable:Directory" if folder else "uco-observable:File"
        node = self._object(kind, "source", number)
        self._sources[name] = node["@id"]
        size = source.get("size")
        facets = [
            self._facet("FileFacet", "source", number)
            | {"uco-observable:fileName": name, "uco-observable:isDirectory": folder}
        ]
        if source.get("sha256"):
            facets.append(self._content({"sha256": source["sha256"], "size": size}, "source", number))
        return node | {"uco-core:hasFacet": facets}

    def _facet(self, kind: str, *parts: object) -> Node:
        return {"@id": self._id(kind, *parts), "@type": f"uco-observable:{kind}"}

    def _content(self, line: Line, *parts: object) -> Node:
        hashes = [
            {
                "@id": self._id("hash", name, *parts),
                "@type": "uco-types:Hash",
                "uco-types:hashMethod": method,
                "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": str(line[name]).upper()},
            }
            for name, method in _HASHES
            if line.get(name)
        ]
        facet = self._facet("ContentDataFacet", *parts) | {"uco-observable:hash": hashes}
        if line.get("size") is not None:
            facet["uco-observable:sizeInBytes"] = _number(line["size"])
        if line.get("mime"):
            facet["uco-observable:mimeType"] = str(line["mime"])
        return facet

    def _known(self, number: int, line: Line) -> Iterator[Node]:
        file = self._object("uco-observable:File", "file", number)
        self._results.append(file["@id"])
        facets = [self._file(number, line), self._content(line, "file", number), *self._picture(number, line)]
        yield file | {"uco-core:hasFacet": facets}
        source = self._sources.get(str(line.get("source")))
        if source is not None:
            yield self._relation(file["@id"], source, "Contained_Within", number)
        for order, match in enumerate(matches_of(line)):
            result = self._object("uco-analysis:AnalyticResult", "match", number, order)
            yield result | {"uco-core:statement": [said(match)], **self._class(match, number, order)}
            yield self._relation(result["@id"], file["@id"], "Describes", number, order)

    def _file(self, number: int, line: Line) -> Node:
        path, times = str(line.get("path") or ""), part(line, "times")
        facet = self._facet("FileFacet", "file", number) | {
            "uco-observable:fileName": file_name(path),
            "uco-observable:filePath": path,
            "uco-observable:isDirectory": False,
            "uco-observable:allocationStatus": str(line.get("state") or "allocated"),
        }
        for ours, theirs in _TIMES:
            if times.get(ours):
                facet[f"uco-observable:{theirs}"] = _time(str(times[ours]))
        return facet

    def _picture(self, number: int, line: Line) -> Iterator[Node]:
        picture = part(line, "picture")
        if picture.get("width") and picture.get("height"):
            yield self._facet("RasterPictureFacet", number) | {
                "uco-observable:pictureWidth": _number(picture["width"]),
                "uco-observable:pictureHeight": _number(picture["height"]),
            }
        stated = list(exif(line))
        if stated:
            yield self._facet("EXIFFacet", number) | {
                "uco-observable:exifData": {
                    "@id": self._id("exif", number),
                    "@type": "uco-types:ControlledDictionary",
                    "uco-types:entry": [
                        {
                            "@id": self._id("exif", number, key),
                            "@type": "uco-types:ControlledDictionaryEntry",
                            "uco-types:key": key,
                            "uco-types:value": value,
                        }
                        for key, value in stated
                    ],
                }
            }

    def _class(self, match: Line, number: int, order: int) -> Node:
        if near(match) or not match.get("code"):
            return {}
        return {
            "uco-core:hasFacet": [
                {
                    "@id": self._id("class-facet", number, order),
                    "@type": "uco-analysis:ArtifactClassificationResultFacet",
                    "uco-analysis:classification": [
                        {
                            "@id": self._id("class", number, order),
                            "@type": "uco-analysis:ArtifactClassification",
                            "uco-analysis:class": f"{scheme_text(match)}: {match['code']}",
                        }
                    ],
                }
            ]
        }

    def _relation(self, source: str, target: str, kind: str, *parts: object) -> Node:
        return self._object("uco-core:Relationship", kind, *parts) | {
            "uco-core:source": {"@id": source},
            "uco-core:target": {"@id": target},
            "uco-core:kindOfRelationship": kind,
            "uco-core:isDirectional": True,
        }

    def _action(self, tool: str) -> Node:
        return self._object("case-investigation:InvestigativeAction", "examined") | {
            "uco-core:name": "examined",
            "uco-action:endTime": _time(self._head.examined_at),
            "uco-action:instrument": [{"@id": tool}],
            "uco-action:object": [{"@id": one} for one in self._sources.values()],
            **({"uco-action:result": [{"@id": one} for one in self._results]} if self._results else {}),
        }

    def bundle(self, counts: Line) -> Node:
        """The bundle, last, because it names all the others."""
        return {
            "@id": self._id("bundle"),
            "@type": "uco-core:Bundle",
            "uco-core:description": f"{self._head.unit or 'unit not given'}: {counts.get('files')} files examined, "
            f"{len(self._results)} of them equal or like an entry of a hash set and written here; the others are "
            "counted only. No content is enclosed.",
            "uco-core:object": [{"@id": one} for one in self._objects],
        }

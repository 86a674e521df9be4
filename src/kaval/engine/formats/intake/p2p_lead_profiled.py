"""Peer-to-peer sightings in any table, brought to the canonical fields of formats.md 3.1 by a confirmed profile.

CSV, XLSX, JSON and XML, one lead per row or record. The source system comes from a column or is fixed by the profile.
A row without the sender's own number gets one derived from its content, with a warning: the same row sent again is
then the same lead, a corrected one is another. The hash type comes from its column, from the profile or from the
hash column's own header. Besides `file_hash` and `infohash` a profile may name a column for each
kind of hash (`sha1`, `sha256`, `md5`, `ed2k`, `aich`, `tth`, `btih`, `btmh`). Columns named nowhere are kept under
their own names; file names and running texts among them are restricted.

Versions tried: invented layouts in CSV (comma and semicolon), XLSX, JSON and XML.
Not supported: a file without a confirmed profile; formulas that were never calculated; XLS and XLSB.
Sources: formats.md 3.1 and 3.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from kaval.engine.formats._profiled import ProfiledRow, is_profiled, profiled
from kaval.engine.formats._spec import FormatSpec, LeadRecord, Reading, ReadWarning, ReceivedFile, collect
from kaval.engine.formats.intake._hashes import kind_in
from kaval.engine.formats.intake._p2p import TYPED, Sighting, lead_of
from kaval.engine.formats.intake._row import RowTrouble

SPEC = FormatSpec(
    name="p2p_lead_profiled",
    version="1",
    kind="intake",
    title="Peer-to-peer sightings (by a confirmed profile)",
)
NEEDS_PROFILE = True
KIND = "p2p"


def claims(file: ReceivedFile) -> bool:
    """True when a confirmed profile of peer-to-peer sightings fits the header."""
    return is_profiled(file, KIND)


def read(file: ReceivedFile) -> Reading[LeadRecord]:
    """One lead per row.

    Raises:
        ReaderError: no confirmed profile fits, or the file is broken as a whole.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[LeadRecord | ReadWarning]:
    """The same one by one, in constant memory.

    Raises:
        ReaderError: as in `read`.
    """
    return profiled(file, KIND, _leads)


def _leads(row: ProfiledRow) -> tuple[LeadRecord, ...]:
    system = row.text("source_system")
    if not system:
        row.warn(
            "no_source_system",
            "no source system: the row was not read",
            "Fix the source system in the profile, or name its column",
        )
        return ()
    fields, restricted = row.bags(TYPED)
    values = row.named()
    # A column headed `SHA1` needs no column of types beside it.
    values["file_hash_type"] = values.get("file_hash_type") or kind_in(
        row.profile.columns.get("file_hash", "")
    )
    seen = Sighting(
        row=values,
        source_system=system,
        source_id=row.identity("source_record_id"),
        time=row.time,
        fields=fields,
        restricted=restricted,
        profile=row.profile.label,
    )
    return (lead_of(seen, RowTrouble(row.place, row.warnings)),)

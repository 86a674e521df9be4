"""Writes what the providers answer, in their layouts, each odd group of rows in a file of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby

from kaval.simulation.answers import (
    IPDR,
    LATTICE,
    LEDGER,
    NAT,
    ROWS_PER_FILE,
    ipdr_row,
    lattice_row,
    ledger_rows,
    nat_row,
)
from kaval.simulation.clock import IST
from kaval.simulation.faults.replies import HALF_CLOCK, MINUTES, NEW_FORM, SWITCHED, UTC_CLOCK
from kaval.simulation.faults.scene import Scene
from kaval.simulation.faults.story import Paper, Stay
from kaval.simulation.folder import Folder
from kaval.simulation.isps import ISPS
from kaval.simulation.networks import Lease, PortBlock
from kaval.simulation.people import Household, Line

# The new templates put the address first; the switched one writes the month first besides.
_MOVED = ("IP Address Assigned", "User ID")


@dataclass(frozen=True, slots=True)
class Written:
    """One answer file: its path below the world, whose it is, which group of rows, its first row's own mark."""

    path: str
    isp_id: str
    group: str
    mark: str = ""


def put_answers(folder: Folder, scene: Scene) -> list[Written]:
    """Writes answers/<isp_id>/; rows asked for by several observations stand there once."""
    held: dict[tuple[str, str], dict[tuple[object, ...], Stay]] = defaultdict(dict)
    for story in scene.stories:
        for sight in story.sights:
            for stay in sight.stays:
                held[stay.line.isp_id, sight.answer].setdefault(_identity(stay), stay)
    written: list[Written] = []
    for isp_id, groups in groupby(sorted(held), key=lambda key: key[0]):
        leases, blocks = 0, 0
        for key in groups:
            rows = sorted(held[key].values(), key=_order)
            plain, natted = [r for r in rows if r.low is None], [r for r in rows if r.low is not None]
            for part in _parts(plain):
                leases += 1
                written.append(_put_leases(folder, isp_id, part, group=key[1], number=leases))
            for part in _parts(natted):
                blocks += 1
                path = f"answers/{isp_id}/nat-{blocks:03d}.csv"
                folder.csv(path, NAT, rows=[_block(row) for row in part])
                written.append(Written(path, isp_id, key[1], part[0].line.inner_ip))
    return written + _put_subscribers(
        folder, scene, {line for key in held for line in _lines(held[key].values())}
    )


def _identity(stay: Stay) -> tuple[object, ...]:
    return stay.line.customer_ref, stay.address, stay.start, stay.end, stay.low


def _order(stay: Stay) -> tuple[datetime, str, str]:
    return stay.start, stay.address, stay.line.customer_ref


def _parts(rows: list[Stay]) -> Iterator[list[Stay]]:
    for start in range(0, len(rows), ROWS_PER_FILE):
        yield rows[start : start + ROWS_PER_FILE]


def _lines(stays: Iterable[Stay]) -> Iterator[tuple[str, str]]:
    for stay in stays:
        yield stay.line.isp_id, stay.line.customer_ref


def _block(stay: Stay) -> list[str]:
    assert stay.low is not None
    assert stay.high is not None
    assert stay.end is not None
    return nat_row(PortBlock(stay.line, stay.address, stay.low, stay.high, stay.start, stay.end))


def lease_row(stay: Stay, group: str = "") -> dict[str, str]:
    """A row of the lease layout as the group's provider writes it, by column."""
    lease = Lease(stay.line, stay.address, stay.start, stay.end or stay.start, stay.static)
    row = dict(zip(IPDR, ipdr_row(lease), strict=True))
    zone = UTC if group == UTC_CLOCK else IST
    clock = {HALF_CLOCK: "%I:%M:%S", MINUTES: "%H:%M"}.get(group, "%H:%M:%S")
    day = "%m/%d/%Y" if group == SWITCHED else "%d/%m/%Y"
    for name, at in (("Start", stay.start), ("End", stay.end)):
        text = at.astimezone(zone) if at is not None else None
        row[f"{name} Time (IST)"] = "" if text is None else text.strftime(clock)
        row[f"{name} Date"] = "" if text is None else text.strftime(day)
    return row


def _put_leases(folder: Folder, isp_id: str, rows: list[Stay], *, group: str, number: int) -> Written:
    columns: tuple[str, ...] = IPDR
    if group in (SWITCHED, NEW_FORM):
        columns = (*_MOVED, *(name for name in IPDR if name not in _MOVED))
    cells = [[row[name] for name in columns] for row in (lease_row(stay, group) for stay in rows)]
    path = f"answers/{isp_id}/ipdr-{number:03d}.csv"
    folder.csv(path, columns, rows=cells)
    return Written(path, isp_id, group, rows[0].line.mac)


def _put_subscribers(folder: Folder, scene: Scene, named: set[tuple[str, str]]) -> list[Written]:
    lines = sorted(
        (line for line in scene.registry.lines if (line.isp_id, line.customer_ref) in named), key=_key
    )
    written = []
    for isp_id, group in groupby(lines, key=lambda line: line.isp_id):
        path = f"answers/{isp_id}/subscribers-001.csv"
        day = scene.figures.field_day
        if isp_id in ISPS and ISPS[isp_id].subscriber_layout == "ledger_csv":
            rows = [row for line in group for row in _ledger_rows(line, scene.papers[line.customer_ref], day)]
            folder.csv(path, LEDGER, rows=rows, delimiter=";", bom=True)
        else:
            rows = [_lattice_row(line, scene.papers[line.customer_ref], day) for line in group]
            folder.csv(path, LATTICE, rows=rows)
        written.append(Written(path, isp_id, ""))
    return written


def _key(line: Line) -> tuple[str, str]:
    return line.isp_id, line.customer_ref


def _lattice_row(line: Line, paper: Paper, field_day: date) -> list[str]:
    row = dict(zip(LATTICE, lattice_row(line, field_day), strict=True))
    if "install" not in paper.kinds:
        row |= dict.fromkeys(LATTICE[2:8], "") | {"Latitude": "", "Longitude": ""}
    if paper.billing is not None:
        row["BillingAddress"] = paper.billing.address
    for column, at in (("ActiveFrom", paper.active_from), ("ActiveTo", paper.active_to)):
        if at is not None:
            row[column] = at.astimezone(IST).strftime("%d-%b-%Y")
    return [row[name] for name in LATTICE]


def _ledger_rows(line: Line, paper: Paper, field_day: date) -> list[list[str]]:
    """One row per address; a billing or identity address of another household takes its place."""
    written = [dict(zip(LEDGER, cells, strict=True)) for cells in ledger_rows(line, field_day)]
    rows = [written[0] | {"addr_type": kind.upper()} for kind in paper.kinds]
    for row in rows:
        if paper.billing is not None and row["addr_type"] != "INSTALL":
            row |= _place(paper.billing)
    if paper.first is not None:
        rows.insert(0, written[0] | {"addr_type": "INSTALL"} | _place(paper.first))
    for row in rows:
        for column, at in (("svc_start", paper.active_from), ("svc_end", paper.active_to)):
            if at is not None:
                row[column] = at.astimezone(IST).date().isoformat()
    return [[row[name] for name in LEDGER] for row in rows + written[2:]]


def _place(home: Household) -> dict[str, str]:
    return {"house_name": home.house_name, "ward": home.ward, "door_no": home.door, "place": home.place,
            "pincode": home.pincode, "lat": "", "lon": ""}  # fmt: skip


def tamper(content: bytes, mark: bytes) -> bytes:
    """The content with one byte of the mark changed, so that only the seal can tell.

    Raises:
        ValueError: the mark is not there.
    """
    place = content.index(mark) + len(mark) - 1
    changed = b"1" if content[place : place + 1] != b"1" else b"2"
    return content[:place] + changed + content[place + 1 :]

"""The world folder as the demo reads it: everything but `truth/`, which only the scorer and tests open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from kaval.engine.formats.roster import read_table
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.custody import seal


@dataclass(frozen=True)
class Arrival:
    """One file as it arrives: where it lies, its source and channel, and when it was received (UTC)."""

    path: Path
    name: str
    source: str
    channel: str
    received_at: datetime


@dataclass(frozen=True)
class World:
    """A folder made by `kaval simulate`."""

    folder: Path

    @cached_property
    def order(self) -> dict[str, Any]:
        """The operation order: name, calendar, legal basis."""
        loaded: dict[str, Any] = json.loads((self.folder / "station" / "order.json").read_text())
        return loaded

    def when(self, name: str) -> datetime:
        """An instant of the calendar, in UTC."""
        return datetime.fromisoformat(self.order["calendar"][name]).astimezone(UTC)

    def content(self, path: str) -> bytes:
        """The bytes of a file of the world.

        Raises:
            ReaderError: the file is missing.
        """
        try:
            return (self.folder / path).read_bytes()
        except OSError as trouble:
            raise ReaderError(
                str(trouble), file=str(self.folder / path), mend="run `kaval simulate` again"
            ) from trouble

    @cached_property
    def arrivals(self) -> list[Arrival]:
        """What arrived, in the order of receipt; details of files after the reports that name them."""
        rows = read_table(
            self.content("inbox/arrivals.csv"),
            file="inbox/arrivals.csv",
            columns=("path", "source", "received_at", "channel"),
        )
        found = []
        for row in rows:
            relative = row["path"] if row["path"].startswith("inbox/") else f"inbox/{row['path']}"
            found.append(
                Arrival(
                    self.folder / relative,
                    relative.removeprefix("inbox/"),
                    row["source"],
                    row["channel"],
                    datetime.fromisoformat(row["received_at"]).astimezone(UTC),
                )
            )
        return sorted(found, key=lambda one: (".file-" in one.name, one.received_at, one.name))

    @cached_property
    def answers(self) -> list[tuple[str, Path]]:
        """The answers of the providers as (provider code, file), in a fixed order."""
        return [(path.parent.name, path) for path in sorted((self.folder / "answers").glob("*/*.csv"))]

    @cached_property
    def ground(self) -> tuple[dict[str, str], ...]:
        """The local stations' looks at places."""
        return read_table(
            self.content("verification/ground.csv"),
            file="verification/ground.csv",
            columns=(
                "isp_id",
                "customer_ref",
                "verified_by",
                "verified_at",
                "unit_found",
                "single_match",
                "occupant_at_event",
                "wifi",
            ),
        )

    @cached_property
    def lists(self) -> list[Path]:
        """The dated lists of ranges the unit was given."""
        return sorted((self.folder / "station" / "lists").glob("*.csv"))

    @cached_property
    def received(self) -> dict[str, dict[str, str]]:
        """How each provider's answer came, by provider code."""
        rows = self._beside("received", ("isp_id", "channel_agreed", "certificate"))
        return {row["isp_id"]: row for row in rows}

    @cached_property
    def corroborations(self) -> tuple[dict[str, str], ...]:
        """Facts beyond addresses, each by the number of a report about the person."""
        return self._beside("corroboration", ("source_system", "source_id", "kind", "text"))

    @cached_property
    def deconfliction(self) -> tuple[dict[str, str], ...]:
        """What others said when they were asked about the identifiers."""
        return self._beside("deconfliction", ("asked", "conflict", "reference"))

    def _beside(self, name: str, columns: tuple[str, ...]) -> tuple[dict[str, str], ...]:
        file = f"station/{name}.csv"
        return read_table(self.content(file), file=file, columns=columns)

    @cached_property
    def day(self) -> dict[tuple[str, str], dict[str, Any]]:
        """What a team meets at each connection, by (provider, customer)."""
        lines = self.content("world/day.jsonl").decode().splitlines()
        return {(entry["isp_id"], entry["customer_ref"]): entry for entry in map(json.loads, lines)}

    @cached_property
    def digest(self) -> str:
        """A digest of the manifest: which world this is."""
        return seal(self.content("manifest.json")).sha256

    def hash_sets(self) -> Iterator[Path]:
        """The hash sets the unit holds."""
        yield from sorted((self.folder / "hashsets").glob("*.json"))

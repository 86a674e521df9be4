"""What the rules need to see of a report, whatever format it came in.

The readers' records fit these shapes; rules lie under the formats and do not import them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from kaval.engine.kernel.instant import StatedTime


class Observation(Protocol):
    """An address seen at a stated time; `role` is `client` when it is the reported user's own side."""

    @property
    def ip(self) -> str: ...
    @property
    def port(self) -> int | None: ...
    @property
    def time(self) -> StatedTime: ...
    @property
    def role(self) -> str: ...


class Identifier(Protocol):
    """An identifier as received; `party` says whose it is."""

    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def scope(self) -> str: ...
    @property
    def party(self) -> str: ...


class File(Protocol):
    """A file named by a report."""

    @property
    def name(self) -> str: ...
    @property
    def hashes(self) -> Sequence[tuple[str, str]]: ...
    @property
    def viewed_by_esp(self) -> bool | None: ...
    @property
    def tags(self) -> Sequence[str]: ...


class Lead(Protocol):
    """A report."""

    @property
    def source_system(self) -> str: ...
    @property
    def source_id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def incident(self) -> StatedTime | None: ...
    @property
    def observations(self) -> Sequence[Observation]: ...
    @property
    def identifiers(self) -> Sequence[Identifier]: ...
    @property
    def files(self) -> Sequence[File]: ...
    @property
    def signals(self) -> Sequence[str]: ...
    @property
    def fields(self) -> Mapping[str, str]: ...
    @property
    def restricted(self) -> Mapping[str, str]: ...

"""A source reference points a parsed value or a sentence back at sealed bytes and a place inside them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class SourceRef:
    """SHA-256 (hex) of the sealed bytes and a locator inside them.

    The locator is an XPath, `row 12`, a JSON pointer, `page 3`, or a ledger entry `ledger#41`; empty means the
    whole file.
    """

    sha256: str
    locator: str = ""

    def __str__(self) -> str:
        return f"{self.sha256[:12]}…{' ' + self.locator if self.locator else ''}"

"""Every error Kaval raises on purpose belongs to one small family.

KavalError
+-- ReaderError      bytes that no record can be taken from; names file, place and mend
+-- RefusedError     an act a rule does not allow; carries the rule's code
|   +-- NotPermitted     the officer does not hold the role
|   +-- KeyConflict      the same idempotency key came with other content
+-- LedgerBroken     a ledger that does not verify; names the first bad entry
+-- ConfigurationError   the station is not set up; says which command mends it
"""

from __future__ import annotations


class KavalError(Exception):
    """The root of the family; never raised itself."""


class ReaderError(KavalError):
    """Bytes from which nothing could be read, with the file, the place in it and how to mend it."""

    def __init__(self, problem: str, *, file: str = "", place: str = "", mend: str = "") -> None:
        self.problem, self.file, self.place, self.mend = problem, file, place, mend
        where = " ".join(part for part in (file, place) if part)
        text = f"{where}: {problem}" if where else problem
        super().__init__(f"{text}. {mend}" if mend else text)


class RefusedError(KavalError):
    """An act refused by a rule; `code` is the rule's id and stays stable across wordings."""

    def __init__(self, code: str, text: str) -> None:
        self.code, self.text = code, text
        super().__init__(f"{code}: {text}")


class NotPermitted(RefusedError):
    """The officer holds no role that permits this act on this object."""


class KeyConflict(RefusedError):
    """An idempotency key that was already used for different content: kept aside, never merged."""


class LedgerBroken(KavalError):
    """A ledger that does not verify; `entry` is the index of the first bad entry, or None for the header."""

    def __init__(self, text: str, *, entry: int | None = None) -> None:
        self.entry = entry
        super().__init__(text)


class ConfigurationError(KavalError):
    """The station or machine is not set up for this; the text names the command that mends it."""

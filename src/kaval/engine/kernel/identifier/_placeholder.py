"""Words that fill an empty field and identify nobody: two reports that both say `unknown` are not about one
person."""

from __future__ import annotations

_WORDS = frozenset(
    (
        "unknown",
        "none",
        "null",
        "nil",
        "na",
        "n/a",
        "n.a.",
        "not_available",
        "notavailable",
        "anonymous",
        "anon",
        "deleted",
        "removed",
        "redacted",
        "hidden",
        "undefined",
        "blank",
        "empty",
        "test",
        "user",
        "username",
        "admin",
        "guest",
        "-",
        "--",
        "?",
        ".",
        "x",
        "xx",
        "xxx",
        "0",
    )
)


def is_placeholder(value: str) -> bool:
    """True when the value only fills the field.

    >>> is_placeholder(" N/A "), is_placeholder("0000000000"), is_placeholder("river.otter")
    (True, True, False)
    """
    bare = "".join(value.split()).casefold()
    return not bare or bare in _WORDS or (len(bare) > 1 and len(set(bare)) == 1)

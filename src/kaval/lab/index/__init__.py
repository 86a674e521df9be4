"""Look-up of digests in hash sets."""

from kaval.lab.index.exact import ExactIndex, IndexedSet, Lookup, Match

__all__ = ["ExactIndex", "IndexedSet", "Lookup", "Match"]

"""Hash set files from disk, read by the engine's readers."""

from kaval.lab.hashset.load import LoadedSet, load

__all__ = ["LoadedSet", "load"]

"""Hash set files from disk, read by the engine's readers, and the shelf that is built from them once."""

from kaval.lab.hashset.building import ShelfSummary, build
from kaval.lab.hashset.lists import About, ListFile, list_file
from kaval.lab.hashset.shelf import Found, Near, Shelf, Verdict

__all__ = ["About", "Found", "ListFile", "Near", "Shelf", "ShelfSummary", "Verdict", "build", "list_file"]

"""Exported chats become one artefact for each conversation: who with whom, when, how much, which files, which terms.

The text of a message is asked about the reviewer's term lists and then let go: it is in no output.
"""

from kaval.lab.chats.lists import read_terms
from kaval.lab.chats.reading import read, wanted

__all__ = ["read", "read_terms", "wanted"]

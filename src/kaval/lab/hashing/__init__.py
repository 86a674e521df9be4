"""Identities by which file-sharing networks name a content, computed from the content itself."""

from __future__ import annotations

from kaval.lab.hashing.identities import FileIdentities, identities_of

__all__ = ["FileIdentities", "identities_of"]

"""The committed table of provisions."""

from __future__ import annotations

from functools import cache

from kaval.engine.documents._law import LawTable, law_table
from kaval.engine.reference.load import rows


@cache
def provisions() -> LawTable:
    """Every provision documents may cite, with its dates and who checked it
    (`engine/reference/law_documents.yaml`).
    """
    return law_table(rows("law_documents"))

"""Findings of an examination in the forms others read: CASE/UCO, a VICS case, and the rows of tables.

A finding comes in as one line of the lab's `findings.jsonl`; fields that an older version did not write are taken as
not known. Nothing here opens a file, and nothing but metadata goes out: no form holds or names a copy of any content.
"""

from kaval.engine.formats.findings._line import ExaminationHead, Line, is_media, near, verdicts
from kaval.engine.formats.findings.case_uco import case_graph
from kaval.engine.formats.findings.tables import FILE_COLUMNS, file_row, neutral, table_of
from kaval.engine.formats.findings.vics_case import VicsScheme, category_of, scheme_of, vics_case

__all__ = [
    "FILE_COLUMNS",
    "ExaminationHead",
    "Line",
    "VicsScheme",
    "case_graph",
    "category_of",
    "file_row",
    "is_media",
    "near",
    "neutral",
    "scheme_of",
    "table_of",
    "verdicts",
    "vics_case",
]

"""Device examination: what lies in a folder or disk image, by exact hash, with nothing shown to anybody.

`examine` reads sources (read-only), hashes every file once with MD5, SHA-1 and SHA-256, compares with hash
sets and writes `findings.jsonl`, `warnings.jsonl` and `summary.json`. No media is decoded, displayed or
copied anywhere. Needs the extra `lab` (pytsk3) for disk images only.
"""

from kaval.lab.examination import TOOL_VERSION, ExaminationSummary, examine
from kaval.lab.pace import Progress
from kaval.lab.sources.entry import Limits

__all__ = ["TOOL_VERSION", "ExaminationSummary", "Limits", "Progress", "examine"]

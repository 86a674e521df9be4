"""The command line: engine and lab verbs work offline, station verbs need the database.

Every refusal is one line with the mend, and exit code 2; a broken ledger is exit code 1.
"""

from __future__ import annotations

import sys

from kaval.cli.app import app
from kaval.engine.kernel.errors import KavalError, LedgerBroken


def main() -> None:
    """Runs the command line; errors of the family, and those of files, are told in one line.

    Anything else is a bug and shows its trace.
    """
    try:
        app()
    except LedgerBroken as broken:
        print(f"kaval: {broken}", file=sys.stderr)
        sys.exit(1)
    except (KavalError, OSError) as trouble:
        print(f"kaval: {trouble}", file=sys.stderr)
        sys.exit(2)

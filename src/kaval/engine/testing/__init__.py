"""What every plug-in of the engine must keep, as functions: `tests/conformance` walks all of them through
these.

Each function gives the list of what is wrong, empty when nothing is; nothing here reads a file.
"""

from kaval.engine.testing.factors import factor_faults
from kaval.engine.testing.identifiers import identifier_faults
from kaval.engine.testing.readers import only_claimant_faults, outcome_of, reader_faults

__all__ = ["factor_faults", "identifier_faults", "only_claimant_faults", "outcome_of", "reader_faults"]

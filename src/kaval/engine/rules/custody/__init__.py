"""Custody is the lowest room: sealing on arrival, the append-only ledger, the chain of holders of an exhibit."""

from kaval.engine.rules.custody.chain import ChainProblem, CustodyStep, check_chain
from kaval.engine.rules.custody.ledger import Head, entry_bytes, export_lines, next_head, verify_lines
from kaval.engine.rules.custody.seal import seal

__all__ = [
    "ChainProblem",
    "CustodyStep",
    "Head",
    "check_chain",
    "entry_bytes",
    "export_lines",
    "next_head",
    "seal",
    "verify_lines",
]

"""Investigations: how they are numbered and what may be in one."""

from kaval.engine.rules.cases.number import InvestigationNumber, next_number, parse_number

__all__ = ["InvestigationNumber", "next_number", "parse_number"]

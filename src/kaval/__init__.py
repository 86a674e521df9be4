"""Kaval: one lead, one operation, one custody chain."""

__version__ = "0.1.0"

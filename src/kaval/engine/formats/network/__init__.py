"""Readers of lists of address ranges and of routing tables: one format, one file."""

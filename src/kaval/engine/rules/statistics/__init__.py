"""Counting: figures are counted from stored rows under written definitions, never typed."""

"""The engine decides nothing alone and touches nothing: values and instants in, values with reasons out.

No framework, no input or output, no clock and no randomness below this line; `tests/architecture` enforces it.
"""

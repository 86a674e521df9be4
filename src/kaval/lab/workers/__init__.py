"""Confined processes that read hostile files: told one unit of work, watched, replaced when they die or hang.

A *unit* is a run of a source's listing (at most 64 MiB or 256 files); what its worker writes is a *part*. Parts put
together in the order of the listing are the result, so that it is the same whatever process, machine or run made them.
"""

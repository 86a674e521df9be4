"""The foundation: instants, digests, source references, reasons, identifiers and the family of errors."""

"""What a laboratory match may be called: a grade with its scheme, never a bare number."""

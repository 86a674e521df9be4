"""Documents of the Indian procedure since 1 July 2024 (BNSS, BSA)."""

"""Facts as a court needs them: what is asserted, by whom it is supported, and what is missing."""

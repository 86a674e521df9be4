"""Records become documents: statements with references, gaps listed, both languages from one record."""

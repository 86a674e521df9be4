"""The station: accounts, permissions, every write and every read of one police unit, on PostgreSQL through Django."""

"""The database: rows are the truth, every result is one."""

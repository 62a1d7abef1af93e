"""Use cases, tasks, mail and the command line."""

__version__ = "0.1.0"

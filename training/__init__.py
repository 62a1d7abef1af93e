"""Teach what the product learns from examples: development only, imported by nothing that runs in production."""

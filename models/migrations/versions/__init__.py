"""One file for each version, numbered; applied ones are never edited."""

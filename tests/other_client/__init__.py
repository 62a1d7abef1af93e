"""A second implementation of the protocol's client drives the whole case: run by `make mcp-other`, which needs Node."""

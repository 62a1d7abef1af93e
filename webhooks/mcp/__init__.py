"""The product for somebody's own assistant, by the Model Context Protocol: tools that work on one ticket in a member's name.

Begin with `tools.py`, the list of tools and where to add one; each is a few calls of the HTTP API. `reach.py` makes the calls,
over the network or within the web's process; `hosted.py` answers `/mcp`, `__main__.py` speaks over stdio. Needs the extra `mcp`.
"""

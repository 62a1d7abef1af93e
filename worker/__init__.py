"""Use cases, tasks, mail and the command line.

Begin with `tasks.py`, the flow; `wiring.py` is the one place where a use case gets its collaborators,
`settings.py` what can be set, `gather.py` how a ticket is read. Wings import downwards: `cli`, `demo`, `tasks`,
`upkeep` and `history`, `handoff`, `response`, `account` and `figures`, `wiring`, `account_values`, `mail`,
`process` and `model_reading`. Never the web, never ConnectWise but through the port.
"""

__version__ = "0.1.0"

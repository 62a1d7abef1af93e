"""The command line, one file for each group of commands. Begin with `account.py`.

`failures.py` turns what an operator can do something about into one line. Commands do as little as they can:
they read options, call a use case and print. May import every wing; nobody imports this one but
`worker/__main__.py`.
"""

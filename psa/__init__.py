"""The PSA: the port the product speaks through, and ConnectWise behind it."""

"""Start the simulated ConnectWise: `python -m psa.simulator --help`."""

import sys

from psa.simulator.server import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

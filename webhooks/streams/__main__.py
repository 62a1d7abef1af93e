"""Run the process of the streams: `python -m webhooks.streams --host 127.0.0.1 --port 8001`."""

from __future__ import annotations

import argparse
import asyncio

from models.database.sessions import Database
from webhooks.authorization import Door
from webhooks.bulkhead import Bulkhead
from webhooks.streams.listeners import Listeners
from webhooks.streams.server import Server
from worker.process.links import Passes
from worker.process.logs import set_up
from worker.settings import Settings


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser(prog="webhooks.streams", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001, help="0 takes a free one")
    options = parser.parse_args()
    settings = Settings.read()
    set_up(settings.log_level)
    database = Database(settings.database_url)
    door = Door(database, Passes(settings.secret_keys).tokens, Bulkhead(lambda: None), public_url=settings.public_url)
    server = Server(Listeners(database, door.let_in), door, redis_url=settings.redis_client_url)
    asyncio.run(server.run(host=options.host, port=options.port, unix=settings.streams_socket))


if __name__ == "__main__":
    main()

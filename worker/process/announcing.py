"""Say in the broker that something moved in an account, for whoever keeps event streams open.

Only a word: which account, and nothing else. Rows are the truth; a word that is lost costs the listeners some seconds.
"""

from __future__ import annotations

import queue
import threading

import redis
import structlog

from psa.outbound import redis_address

log = structlog.get_logger()

CHANNEL = "resolutionflow:moved"


class Announcer:
    """Speaks in a thread of its own, so that nobody's answer and no task waits for the broker."""

    def __init__(self, redis_url: str, *, most: int = 1000) -> None:
        """At most `most` words wait; what comes beyond is dropped."""
        self._url = redis_url
        self._words: queue.Queue[int] = queue.Queue(most)
        self._started = threading.Lock()
        self._running = False

    def moved(self, account_id: int) -> None:
        """Say that something moved in an account."""
        with self._started:
            if not self._running:
                self._running = True
                threading.Thread(target=self._work, name="announcer", daemon=True).start()
        try:
            self._words.put_nowait(account_id)
        except queue.Full:
            log.debug("move_not_announced", account_id=account_id)

    def _work(self) -> None:
        client = redis_address.client(self._url, socket_connect_timeout=1, socket_timeout=1)
        while True:
            account_id = self._words.get()
            try:
                client.publish(CHANNEL, account_id)
            except redis.RedisError as error:
                log.debug("move_not_announced", account_id=account_id, error=type(error).__name__)
            except Exception:  # whatever it was: without this thread nothing would be announced any more
                log.exception("move_not_announced", account_id=account_id)

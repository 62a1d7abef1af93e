"""How Celery is set up, with the reason for each setting that is not a default.

The broker is a doorbell, never the truth: every message only says "look at row N", and the sweeper finds what
nobody rang for. So results are not stored, messages are short-lived, and losing one costs a few seconds.
"""

from __future__ import annotations

QUEUES = ("triage", "handoff", "mail", "upkeep")

task_routes = {
    "worker.tasks.triage": {"queue": "triage"},
    "worker.tasks.look_again": {"queue": "upkeep"},
    "worker.tasks.publish": {"queue": "handoff"},
    "worker.tasks.refresh": {"queue": "handoff"},
    "worker.tasks.read": {"queue": "upkeep"},
    "worker.tasks.settle": {"queue": "handoff"},
    "worker.tasks.grant": {"queue": "handoff"},
    "worker.tasks.read_for_session": {"queue": "handoff"},
    "worker.tasks.resolve": {"queue": "handoff"},
    "worker.tasks.take_away": {"queue": "handoff"},
    "worker.tasks.observe": {"queue": "upkeep"},
    "worker.tasks.notify": {"queue": "mail"},
    "worker.tasks.deliver": {"queue": "mail"},
    "worker.tasks.plan_week": {"queue": "upkeep"},
    "worker.tasks.report": {"queue": "mail"},
    "worker.tasks.look_for_notes": {"queue": "upkeep"},
    "worker.tasks.sweep": {"queue": "upkeep"},
    "worker.tasks.poll": {"queue": "upkeep"},
    "worker.tasks.audit": {"queue": "upkeep"},
    "worker.tasks.canary": {"queue": "upkeep"},
    "worker.tasks.try_ticket": {"queue": "upkeep"},
    "worker.tasks.clear_old": {"queue": "upkeep"},
    "worker.tasks.check_callbacks": {"queue": "upkeep"},
}
# A task without a queue of its own would wait in one that nobody reads.
task_create_missing_queues = False
task_default_queue = "upkeep"

enable_utc = True
timezone = "UTC"
task_serializer = "json"
accept_content = ["json"]
task_ignore_result = True
result_backend = None
worker_enable_remote_control = False  # its pub/sub costs a connection and answers nobody
worker_send_task_events = False
worker_hijack_root_logger = False

# Work is waiting for the network, so threads; the pool ignores time limits, hence time-outs on every call.
worker_pool = "threads"
# A message is handed over at once (`worker/process/fair_queue.py`), so no more are held here than are worked on.
worker_prefetch_multiplier = 1
task_acks_late = True
task_reject_on_worker_lost = True

# A message whose worker died comes back after the visibility time-out, found by a sweep that by default runs
# each 100 s (interval times throttle). Our own sweeper is faster; these keep Redis from holding on for an hour.
broker_transport_options = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,  # unlimited by default: a frozen broker would freeze us
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 15,
    "retry_on_timeout": True,
}
# Celery's own schedulers go by the machine's clock: set back by an hour, they poke nobody for an hour.
beat_scheduler = "worker.process.beat_schedule:BeatSchedule"
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
# A broker that answers but takes nothing (a replica after a failover, full, its disk full) would end the worker for good.
broker_channel_error_retry = True
broker_pool_limit = 20
# A bell that cannot be rung at once is not worth waiting for: the row is there, the sweeper will ring again.
task_publish_retry = False

"""What every process of the product is made of: bell, logs, links, fair queue, beat, the embedded default.

Begin with `bell.py` (Celery's application, and how the web rings it) and `embedded.py` (all parts on one
machine); `fair_queue.py` lets accounts take turns, `crash.py` names where a test may end a process. Imports
nothing of ours but `settings`.
"""

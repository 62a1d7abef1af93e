"""What `celery -A worker.celery_app` loads: the application for this environment."""

from worker.process.bell import celery_from_environment

celery = celery_from_environment()

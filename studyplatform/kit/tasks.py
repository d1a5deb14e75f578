"""The heartbeat that tells /health/ that worker and beat are alive."""

import time

from celery import shared_task
from django.core.cache import cache

HEARTBEAT = "heartbeat"


@shared_task(name="kit.heartbeat")
def heartbeat() -> None:
    """Sent by beat every 20 s, run by a worker: when it grows old, one of the two is down."""
    cache.set(HEARTBEAT, time.time(), timeout=3600)

"""The Celery application. It only wakes drains; the truth is in rows (see kit/queue.py)."""

import os

from celery import Celery
from celery.signals import beat_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studyplatform.settings")

app = Celery("studyplatform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect
def show_life(**_: object) -> None:
    """Give the clock's first sign of life now, not after its first interval."""
    app.send_task("kit.heartbeat")

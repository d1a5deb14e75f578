from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CohortsConfig(AppConfig):
    """Studies, cohorts, seats, enrollments, partners, subgroups, sessions, turns."""

    name = "cohorts"
    verbose_name = _("Studies")

    def ready(self) -> None:
        """Register the queues, so that the web process can tell how they stand."""
        from cohorts import tasks  # noqa: F401

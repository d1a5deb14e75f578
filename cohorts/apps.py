from django.apps import AppConfig


class CohortsConfig(AppConfig):
    """Studies, cohorts, seats, enrollments, partners, subgroups, sessions, turns."""

    name = "cohorts"

    def ready(self) -> None:
        """Register the queues, so that the web process can tell how they stand."""
        from cohorts import tasks  # noqa: F401

from django.apps import AppConfig


class KitConfig(AppConfig):
    """See docs/map.md."""

    name = "studyplatform.kit"
    label = "kit"

    def ready(self) -> None:
        """Configure Celery wherever Django runs: verbs of the web process wake drains through it."""
        from studyplatform import celery  # noqa: F401

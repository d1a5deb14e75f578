from django.apps import AppConfig


class KitConfig(AppConfig):
    """See docs/map.md."""

    name = "studyplatform.kit"
    label = "kit"

    def ready(self) -> None:
        """Configure Celery wherever Django runs: verbs of the web process wake drains by it. Give errors our voice."""
        from studyplatform import celery  # noqa: F401
        from studyplatform.kit import voice

        voice.speak()

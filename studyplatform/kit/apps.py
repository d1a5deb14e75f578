from django.apps import AppConfig, apps


class KitConfig(AppConfig):
    """See docs/map.md."""

    name = "studyplatform.kit"
    label = "kit"

    def ready(self) -> None:
        """Configure Celery wherever Django runs: verbs of the web process wake drains by it. Speak in our words."""
        from studyplatform import celery  # noqa: F401
        from studyplatform.kit import names, voice

        voice.speak()
        names.speak(apps.get_models())

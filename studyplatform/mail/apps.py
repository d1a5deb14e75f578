from django.apps import AppConfig


class MailConfig(AppConfig):
    """See docs/map.md."""

    name = "studyplatform.mail"
    label = "mail"

    def ready(self) -> None:
        """Register the queue, so that the web process can tell how it stands."""
        from studyplatform.mail import tasks  # noqa: F401

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    """See docs/map.md."""

    name = "studyplatform.mail"
    verbose_name = _("Letters and queues")
    label = "mail"

    def ready(self) -> None:
        """Register the queue, so that the web process can tell how it stands."""
        from studyplatform.mail import tasks  # noqa: F401

from django.apps import AppConfig


class MailConfig(AppConfig):
    """See docs/map.md."""

    name = "studyplatform.mail"
    label = "mail"

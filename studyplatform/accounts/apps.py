from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """See docs/map.md."""

    name = "studyplatform.accounts"
    label = "accounts"

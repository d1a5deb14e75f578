from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """See docs/map.md."""

    name = "studyplatform.accounts"
    verbose_name = _("People")
    label = "accounts"

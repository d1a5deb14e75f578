from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShowcaseConfig(AppConfig):
    """Case studies: writing, publishing, being found."""

    name = "showcase"
    verbose_name = _("Showcase")

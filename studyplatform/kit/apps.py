from django.apps import AppConfig


class KitConfig(AppConfig):
    """See docs/map.md."""

    name = "studyplatform.kit"
    label = "kit"

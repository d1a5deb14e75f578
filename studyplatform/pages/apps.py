from django.apps import AppConfig


class PagesConfig(AppConfig):
    """See docs/map.md."""

    name = "studyplatform.pages"
    label = "pages"

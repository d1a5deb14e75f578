from django.apps import AppConfig


class ShowcaseConfig(AppConfig):
    """Case studies: writing, publishing, being found."""

    name = "showcase"

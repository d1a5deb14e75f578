from django.apps import AppConfig


class CohortsConfig(AppConfig):
    """Studies, cohorts, seats, enrollments, partners, subgroups, sessions, turns."""

    name = "cohorts"

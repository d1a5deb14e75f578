"""Writes the one style sheet the browser loads."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from studyplatform.kit import styles


class Command(BaseCommand):
    help = "Write static/css/site.css from the files of its components."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.BASE_DIR / "static" / "css"
        (folder / "site.css").write_text(styles.build(folder))

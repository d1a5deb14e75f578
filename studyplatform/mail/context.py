"""What the header of signed-in pages asks of the letters."""

from collections.abc import Callable

from django.http import HttpRequest

from studyplatform.mail.services import notifications


def bell(request: HttpRequest) -> dict[str, Callable[[], int]]:
    """Return how many letters wait to be seen, counted only where a template shows it."""
    return {"unread_letters": lambda: notifications.unread(request.user)}

"""Staff with the rights a test names, and what they tick and press."""

from django.contrib.auth.models import Permission
from django.db.models import Q
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from studyplatform.accounts.models import User
from tests.people import make_person


def staff(name: str, *rights: str, **fields: object) -> User:
    """Make somebody who works at the desk with rights like "cohorts.view_cohort"."""
    person = make_person(name, name, is_staff=True, **fields)
    wanted = Q()
    for right in rights:
        app, codename = right.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    person.user_permissions.set(Permission.objects.filter(wanted) if rights else [])
    return person


def listed(table: str) -> str:
    """Return the address of a table ("cohorts.cohort")."""
    return reverse("admin:{}_{}_changelist".format(*table.split(".")))


def page_of(table: str, row: object) -> str:
    """Return the address of a row's own page."""
    return reverse("admin:{}_{}_change".format(*table.split(".")), args=[row.pk])  # type: ignore[attr-defined]


def press(browser: Client, table: str, action: str, *rows: object, **more: str) -> HttpResponse:
    """Tick rows, choose an action and go; `apply="1"` says yes to what the page before it says."""
    ticked = [row.pk for row in rows]  # type: ignore[attr-defined]
    return browser.post(listed(table), {"action": action, "_selected_action": ticked, **more}, follow=True)


def text(answer: HttpResponse) -> str:
    """Return a page's text."""
    return answer.content.decode()

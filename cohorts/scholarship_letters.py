"""Letters about scholarships: asked for (without the words, which are for the page), yes with its price, no."""

from typing import Any

from django.urls import reverse

from cohorts.letters import address, hosts_of
from cohorts.models import ScholarshipApplication
from studyplatform.accounts.models import User
from studyplatform.mail.services.letters import withdraw, write


def asked(row: ScholarshipApplication) -> None:
    """Tell the hosts that somebody asks; what they wrote stands in the studio alone."""
    page = _page(row, "studio_scholarships")
    for host in hosts_of(row.scholarship.cohort):
        _to(host, row, "scholarship_asked", f":{host.pk}", kind="scholarship_asked", page=page)


def granted(row: ScholarshipApplication) -> None:
    """Tell somebody what a seat costs them and until when that holds; it is about money, so nobody can stop it."""
    _to(row.person, row, "scholarship_granted", "", url=_page(row, "join"))


def declined(row: ScholarshipApplication) -> None:
    """Bring somebody the host's no, in their words."""
    _to(row.person, row, "scholarship_declined", "", url=address(row.scholarship.cohort.get_absolute_url()))


def take_back(row: ScholarshipApplication) -> None:
    """Take back what has not left yet of a question taken back."""
    withdraw(_about(row))


def _to(person: User, row: ScholarshipApplication, template: str, more: str, *, kind: str = "", **context: Any) -> None:
    cohort = row.scholarship.cohort
    write(
        to=person,
        kind=kind,
        key=f"{template}:{row.pk}{more}",
        template=f"cohorts/{template}",
        context={"cohort": cohort, "study": cohort.study, "application": row, **context},
        about=_about(row),
        expires_at=row.until,
    )


def _about(row: ScholarshipApplication) -> str:
    return f"scholarship:{row.pk}"


def _page(row: ScholarshipApplication, name: str) -> str:
    cohort = row.scholarship.cohort
    return address(reverse(name, args=[cohort.study.slug, cohort.number]))

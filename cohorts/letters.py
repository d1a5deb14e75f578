"""Letters about cohorts: one function each, stored in the transaction of the verb that causes it."""

import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from cohorts import calendars
from cohorts.models import Cohort, Enrollment, Partner, Presentation, Reminder, Session, Subgroup
from cohorts.policies import enrollments_in
from studyplatform.accounts.models import User
from studyplatform.mail.services.letters import write

HOST = "called off by the host"
TOO_FEW = "too few members"


def opened(cohort: Cohort, host: User) -> None:
    """Give the host the link to share."""
    _to(host, "cohort_opened", f"opened:{cohort.pk}", cohort, {"share": share_link(cohort)})


def called_off(enrollment: Enrollment, cohort: Cohort, because: str) -> None:
    """Tell a member that the cohort does not take place, and that the money comes back by itself."""
    context = {"too_few": because == TOO_FEW, "price": enrollment.price, "currency": enrollment.currency}
    _to(enrollment.person, "cohort_called_off", f"called-off:{enrollment.pk}", cohort, context)


def minimum_soon(cohort: Cohort, members: int) -> None:
    """Tell the hosts how many people are missing, while there is time to invite them."""
    context = {"members": members, "missing": cohort.minimum - members, "share": share_link(cohort)}
    for host in hosts_of(cohort):
        _to(host, "minimum_soon", f"minimum-soon:{cohort.pk}:{host.pk}", cohort, context)


def partner_named(subgroup: Subgroup, partner: Partner, host: User) -> None:
    """Tell a partner which group they lead, and who asked them to."""
    context = {"subgroup": subgroup, "host": host, "desk": address(reverse("partner_desk"))}
    key = f"partner-named:{subgroup.pk}:{partner.pk}:{subgroup.leaderships.count()}"
    if partner.person_id != host.pk:
        _to(partner.person, "partner_named", key, subgroup.cohort, context)


def session_moved(session: Session, before: datetime.datetime) -> None:
    """Tell everybody who comes to a session that its time changed."""
    _to_all_of(session, "session_moved", {"before": before})


def session_cancelled(session: Session) -> None:
    """Tell everybody who comes to a session that it does not take place."""
    _to_all_of(session, "session_cancelled", {})


def session_reminder(reminder: Reminder, session: Session, enrollment: Enrollment, turn: Presentation | None) -> None:
    """Remind a member of a session: when, how to come in, and for who presents whether the post is out."""
    write(
        to=enrollment.person,
        kind="session_reminder",
        key=f"reminder:{reminder.pk}",
        template="cohorts/session_reminder",
        context={
            "session": session,
            "cohort": session.cohort,
            "study": session.cohort.study,
            "soon": reminder.kind == "hour",
            "turn": turn,
            "page": address(session.get_absolute_url()),
            "enter": calendars.enter_address(session),
        },
        about=f"enrollment:{enrollment.pk}",
        calendar=calendars.session_file(session, enrollment.person),
        expires_at=session.starts_at,
    )


def _to_all_of(session: Session, kind: str, context: dict[str, Any]) -> None:
    for enrollment in people_of(session):
        key = f"{kind}:{session.pk}:{session.sequence}:{enrollment.pk}"
        page = address(reverse("session", args=[session.cohort.study.slug, session.cohort.number, session.public_id]))
        _to(enrollment.person, kind, key, session.cohort, {**context, "session": session, "page": page})


def people_of(session: Session) -> list[Enrollment]:
    """Return who comes to a session: everybody of the cohort, or of the subgroup."""
    people = enrollments_in(session.cohort)
    if session.subgroup_id:
        people = people.filter(memberships__subgroup=session.subgroup_id, memberships__until=None)
    return list(people)


def hosts_of(cohort: Cohort) -> list[User]:
    """Return everybody who runs the cohort's study."""
    return list(User.objects.filter(study_roles__study=cohort.study_id).select_related("profile"))


def share_link(cohort: Cohort) -> str:
    """Return the address of the cohort's page, to be shared."""
    return address(cohort.get_absolute_url())


def address(path: str) -> str:
    """Return a path as an address on the site's own name."""
    return f"{settings.SITE_URL}{path}"


def _to(person: User, kind: str, key: str, cohort: Cohort, context: dict[str, Any]) -> None:
    write(
        to=person,
        kind=kind,
        key=key,
        template=f"cohorts/{kind}",
        context={"cohort": cohort, "study": cohort.study, **context},
        about=f"cohort:{cohort.pk}",
    )

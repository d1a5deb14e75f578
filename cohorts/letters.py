"""Letters about cohorts: one function each, stored in the transaction of the verb that causes it."""

import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from cohorts import calendars
from cohorts.models import (
    Cohort,
    Enrollment,
    Leadership,
    Nudge,
    Partner,
    Presentation,
    Reminder,
    Session,
    Subgroup,
)
from cohorts.policies import enrollments_in
from studyplatform.accounts.models import User
from studyplatform.kit import money
from studyplatform.mail.services.letters import withdraw, write

HOST = "called off by the host"
TOO_FEW = "too few members"
PER_CENT = money.BASIS // 100


def opened(cohort: Cohort, host: User) -> None:
    """Give the host the link to share."""
    _to(host, "cohort_opened", f"opened:{cohort.pk}", cohort, _links(cohort))


def called_off(cohort: Cohort, because: str) -> None:
    """Tell members that the cohort does not take place and their money comes back by itself; tell partners too.

    It is about money, so nobody can stop it. When too few came, nobody called it off: the hosts are told as well.
    """
    context = {"too_few": because == TOO_FEW}
    members = list(enrollments_in(cohort))
    for enrollment in members:
        paid = {"price": enrollment.price, "currency": enrollment.currency}
        _called_off(enrollment.person, cohort, {**context, **paid})
    for partner in _leads(cohort):
        _called_off(partner, cohort, context)
    for host in hosts_of(cohort) if because == TOO_FEW else []:
        again = address(reverse("studio_cohort_new", args=[cohort.study.slug]))
        counted = {"members": len(members), "again": again}
        _to(host, "", f"fell-short:{cohort.pk}:{host.pk}", cohort, counted, template="fell_short")


def _called_off(person: User, cohort: Cohort, context: dict[str, Any]) -> None:
    with translation.override(person.language):
        elsewhere = {"studies": address(reverse("studies"))}
    key = f"called-off:{cohort.pk}:{person.pk}"
    _to(person, "", key, cohort, {**context, **elsewhere}, template="cohort_called_off")


def minimum_soon(cohort: Cohort, members: int) -> None:
    """Tell the hosts how many people are missing, while there is time to invite them."""
    counted = {"members": members, "missing": cohort.minimum - members}
    for host in hosts_of(cohort):
        _to(host, "minimum_soon", f"minimum-soon:{cohort.pk}:{host.pk}", cohort, {**counted, **_links(cohort)})


def partner_named(subgroup: Subgroup, partner: Partner, host: User) -> None:
    """Tell a partner which group they lead, who asked them to, and what part of the money is theirs."""
    cohort = subgroup.cohort
    share = cohort.terms.latest("version").partner_share / PER_CENT
    context = {"subgroup": subgroup, "host": host, "desk": address(reverse("partner_desk")), "part": share}
    key = f"partner-named:{subgroup.pk}:{partner.pk}:{subgroup.leaderships.count()}"
    if partner.person_id != host.pk:
        _to(partner.person, "partner_named", key, cohort, context)


def nudge(nudge: Nudge) -> bool:
    """Bring a member a note from their partner or host; False when they do not want such letters."""
    member, cohort = nudge.enrollment, nudge.enrollment.cohort
    letter = write(
        to=member.person,
        kind="nudge",
        key=f"nudge:{nudge.pk}",
        template="cohorts/nudge",
        context={
            "cohort": cohort,
            "study": cohort.study,
            "sender": nudge.sender,
            "words": nudge.words,
            "turns": _page("turns", cohort),
            "space": _page("space", cohort),
        },
        about=f"enrollment:{member.pk}",
    )
    return letter is not None


def session_moved(session: Session, before: datetime.datetime) -> None:
    """Tell everybody who comes to a session that its time changed; what was said before and not sent is taken back."""
    withdraw(_about(session), "session_moved")
    _to_all_of(session, "session_moved", {"before": before})


def session_cancelled(session: Session) -> None:
    """Tell everybody who comes to a session that it does not take place."""
    withdraw(_about(session), "session_moved")
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
    pages = {name: _page(name, session.cohort) for name in ("turns", "sessions")}
    links = {"page": address(session.get_absolute_url()), **pages}
    presenting = set(session.presentations.exclude(state="passed").values_list("enrollment__person", flat=True))
    for person in people_of(session):
        _to(
            person,
            kind,
            f"{kind}:{session.pk}:{session.sequence}:{person.pk}",
            session.cohort,
            {**context, **links, "session": session, "presents": person.pk in presenting},
            about=_about(session),
            calendar=calendars.session_file(session, person),
        )


def people_of(session: Session) -> list[User]:
    """Return who comes to a session: members of the cohort or of the subgroup, and the partners who lead there."""
    places = enrollments_in(session.cohort)
    if session.subgroup_id:
        places = places.filter(memberships__subgroup=session.subgroup_id, memberships__until=None)
    people = {place.person.pk: place.person for place in places}
    leads = {person.pk: person for person in _leads(session.cohort, session.subgroup)}
    return list({**leads, **people}.values())


def _leads(cohort: Cohort, subgroup: Subgroup | None = None) -> list[User]:
    """Return who leads a subgroup now, or any subgroup of the cohort, and is no member of it."""
    led = Leadership.objects.filter(subgroup__cohort=cohort, period__contains=timezone.now())
    if subgroup:
        led = led.filter(subgroup=subgroup)
    people = User.objects.filter(pk__in=led.values("partner__person")).select_related("profile")
    return list(people.exclude(pk__in=enrollments_in(cohort).values("person")))


def hosts_of(cohort: Cohort) -> list[User]:
    """Return everybody who runs the cohort's study."""
    return list(User.objects.filter(study_roles__study=cohort.study_id).select_related("profile"))


def share_link(cohort: Cohort) -> str:
    """Return the address of the cohort's page, to be shared."""
    return address(cohort.get_absolute_url())


def _links(cohort: Cohort) -> dict[str, str]:
    return {"share": share_link(cohort), "studio": _page("studio_cohort", cohort)}


def address(path: str) -> str:
    """Return a path as an address on the site's own name."""
    return f"{settings.SITE_URL}{path}"


def _page(name: str, cohort: Cohort) -> str:
    return address(reverse(name, args=[cohort.study.slug, cohort.number]))


def _about(session: Session) -> str:
    return f"session:{session.pk}"


def _to(
    person: User, kind: str, key: str, cohort: Cohort, context: dict[str, Any], *, template: str = "", **options: Any
) -> None:
    write(
        to=person,
        kind=kind,
        key=key,
        template=f"cohorts/{template or kind}",
        context={"cohort": cohort, "study": cohort.study, **context},
        **{"about": f"cohort:{cohort.pk}", **options},
    )

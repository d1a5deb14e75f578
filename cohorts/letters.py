"""Letters about cohorts: one function each, stored in the transaction of the verb that causes it."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from cohorts import agreed, calendars
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
    Thanks,
)
from cohorts.policies import enrollments_in
from studyplatform.accounts.models import User
from studyplatform.mail.services.letters import withdraw, write

HOST = "called off by the host"
TOO_FEW = "too few members"


def opened(cohort: Cohort, host: User) -> None:
    """Give the host the link to share."""
    _to(host, "cohort_opened", f"opened:{cohort.pk}", cohort, _links(cohort))


def called_off(cohort: Cohort, people: Iterable[User]) -> None:
    """Tell people of a cohort that it does not take place, and its members that their money comes back by itself.

    It is about money, so nobody can stop it.
    """
    places = {place.person_id: place for place in enrollments_in(cohort).filter(person__in=people)}
    for person in people:
        with translation.override(person.language):
            context: dict[str, Any] = {"studies": address(reverse("studies")), "too_few": cohort.too_few}
        if place := places.get(person.pk):
            context |= {"price": place.price, "currency": place.currency, "given": place.given_by_id}
        _to(person, "", f"called-off:{cohort.pk}:{person.pk}", cohort, context, template="cohort_called_off")


def fell_short(cohort: Cohort) -> None:
    """Tell the hosts that too few came: nobody called it off."""
    counted = {
        "members": enrollments_in(cohort).count(),
        "again": address(reverse("studio_cohort_new", args=[cohort.study.slug])),
    }
    for host in hosts_of(cohort):
        _to(host, "", f"fell-short:{cohort.pk}:{host.pk}", cohort, counted, template="fell_short")


def minimum_soon(cohort: Cohort, members: int) -> None:
    """Tell the hosts how many people are missing, while there is time to invite them."""
    counted = {"members": members, "missing": cohort.minimum - members}
    for host in hosts_of(cohort):
        _to(host, "minimum_soon", f"minimum-soon:{cohort.pk}:{host.pk}", cohort, {**counted, **_links(cohort)})


def partner_named(subgroup: Subgroup, partner: Partner, host: User) -> None:
    """Tell a partner which group they lead, who asked them to, and what part of the money is theirs."""
    cohort = subgroup.cohort
    part = agreed.standing(cohort, partner).partner_part
    context = {"subgroup": subgroup, "host": host, "desk": address(reverse("partner_desk")), "part": part}
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


def session_moved(session: Session, people: Iterable[User]) -> None:
    """Tell people who come to a session that its time changed."""
    _about_session(session, people, "session_moved", {"before": session.moved_from})


def session_cancelled(session: Session, people: Iterable[User]) -> None:
    """Tell people who come to a session that it does not take place."""
    _about_session(session, people, "session_cancelled", {})


def forget_moves(session: Session) -> None:
    """Take back what was said of a session's time and has not left: it is not true any more."""
    withdraw(_about(session), "session_moved")


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


def thanked(thanks: Thanks) -> None:
    """Bring a presenter the sentence somebody said for their turn."""
    turn = thanks.presentation
    page = address(reverse("thanks", args=[*turn.session.address_parts, turn.position]))
    about = {"thanks": thanks, "session": turn.session, "page": page}
    key = _about_thanks(thanks)
    _to(turn.enrollment.person, "thanks", key, turn.session.cohort, about, about=key)


def unthanked(thanks: Thanks) -> None:
    """Take back the letter about thanks that were taken back, if it has not left."""
    withdraw(_about_thanks(thanks))


def _about_thanks(thanks: Thanks) -> str:
    return f"thanks:{thanks.pk}"


def _about_session(session: Session, people: Iterable[User], kind: str, context: dict[str, Any]) -> None:
    pages = {name: _page(name, session.cohort) for name in ("turns", "sessions")}
    links = {"page": address(session.get_absolute_url()), **pages}
    presenting = set(presenters(session).values_list("pk", flat=True))
    for person in people:
        _to(
            person,
            kind,
            f"{kind}:{session.pk}:{session.sequence}:{person.pk}",
            session.cohort,
            {**context, **links, "session": session, "presents": person.pk in presenting},
            about=_about(session),
            calendar=calendars.session_file(session, person),
        )


def people_of(session: Session) -> QuerySet[User]:
    """Return who comes to a session: members of the cohort or of the subgroup, and the partners who lead there."""
    return people_in(session.cohort, session.subgroup)


def people_in(cohort: Cohort, subgroup: Subgroup | None = None) -> QuerySet[User]:
    """Return the members of a cohort, or of one of its subgroups, and the partners who lead there now."""
    places = enrollments_in(cohort)
    led = Leadership.objects.filter(subgroup__cohort=cohort, period__contains=timezone.now())
    if subgroup:
        places = places.filter(memberships__subgroup=subgroup, memberships__until=None)
        led = led.filter(subgroup=subgroup)
    people = User.objects.filter(Q(pk__in=places.values("person")) | Q(pk__in=led.values("partner__person")))
    return people.select_related("profile").order_by("pk")


def presenters(session: Session) -> QuerySet[User]:
    """Return who has a turn in a session."""
    turns = session.presentations.exclude(state=Presentation.State.PASSED)
    return User.objects.filter(pk__in=turns.values("enrollment__person")).select_related("profile")


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

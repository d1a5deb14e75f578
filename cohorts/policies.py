"""Who may see what. Lists use the scopes; a single row is `get_object_or_404` on one. Cannot see it: 404."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import (
    Cohort,
    Credit,
    Enrollment,
    Partner,
    PartnerInvitation,
    PartnerNote,
    Presentation,
    ScholarshipApplication,
    SeatGroup,
    Session,
    Study,
    Subgroup,
)
from studyplatform.accounts.models import Consent, User
from studyplatform.accounts.texts import SEAT
from studyplatform.kit.errors import FirstThis

Reader = User | AnonymousUser

PUBLIC_STATES = (Cohort.State.OPEN, Cohort.State.CLOSED, Cohort.State.FINISHED, Cohort.State.CALLED_OFF)


def reader(request: HttpRequest) -> User:
    """Return who is signed in; views behind `login_required` use it."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def public_studies() -> QuerySet[Study]:
    """Studies everybody may see."""
    return Study.objects.filter(state=Study.State.PUBLIC)


def public_cohorts() -> QuerySet[Cohort]:
    """Cohorts everybody may see: those that have opened."""
    shown = Cohort.objects.filter(state__in=PUBLIC_STATES, study__state=Study.State.PUBLIC)
    return shown.exclude(state=Cohort.State.CALLED_OFF, opened_at=None).select_related("study")


def joinable_now() -> Q:
    """Which cohorts one can join now, a seat being free; `Cohort.is_joinable` says the same of one row."""
    return Q(state=Cohort.State.OPEN, closes_at__gt=timezone.now())


def with_a_free_seat() -> Q:
    """Which cohorts have a seat anybody can take; `Seats.free` says how many of one row."""
    return Q(seats__taken__lt=F("seats__capacity"), seats__waiting=0)


def studies_run_by(user: Reader) -> QuerySet[Study]:
    """Studies the person hosts or co-hosts."""
    return Study.objects.filter(roles__person=user.pk) if user.is_authenticated else Study.objects.none()


def cohorts_run_by(user: Reader) -> QuerySet[Cohort]:
    """Cohorts of the studies the person hosts."""
    return Cohort.objects.filter(study__in=studies_run_by(user)).select_related("study", "policy")


def subgroups_led_by(user: Reader) -> QuerySet[Subgroup]:
    """Subgroups the person leads now."""
    if not user.is_authenticated:
        return Subgroup.objects.none()
    return Subgroup.objects.filter(
        leaderships__partner__person=user,
        leaderships__partner__state="approved",
        leaderships__period__contains=timezone.now(),
    ).select_related("cohort__study")


def cohorts_entered_by(user: Reader) -> QuerySet[Cohort]:
    """Cohorts whose space the person may enter: members, its partners, its hosts.

    Who was brought in by a list enters it once they have agreed to what holds for their seat.
    """
    if not user.is_authenticated:
        return Cohort.objects.none()
    return (
        Cohort.objects.filter(
            Q(enrollments__person=user, enrollments__state__in=Enrollment.BELONGS)
            | Q(subgroups__in=subgroups_led_by(user))
            | Q(study__in=studies_run_by(user))
        )
        .exclude(pk__in=awaiting_a_yes(user).values("cohort"))
        .distinct()
        .select_related("study")
    )


def enrollments_in(cohort: Cohort) -> QuerySet[Enrollment]:
    """People who belong to the cohort now."""
    return Enrollment.objects.filter(cohort=cohort, state__in=Enrollment.BELONGS).select_related("person__profile")


def sold_in(cohort: Cohort) -> QuerySet[Enrollment]:
    """Seats that are sold: of people who belong, and of companies that have not named anybody yet."""
    return Enrollment.objects.filter(cohort=cohort, state__in=Enrollment.SOLD)


def held_in(cohort: Cohort) -> QuerySet[Enrollment]:
    """Seats that are being paid for, or offered to who waited for one; each has its `hold_until`."""
    return Enrollment.objects.filter(cohort=cohort, state__in=Enrollment.HOLDS)


def enrollment_of(user: Reader, cohort: Cohort) -> Enrollment | None:
    """The person's own place in the cohort, if they belong."""
    return enrollments_in(cohort).filter(person=user.pk).first() if user.is_authenticated else None


def sessions_seen_by(user: Reader) -> QuerySet[Session]:
    """Sessions of the cohorts the person may enter; a subgroup's only by its own members, partner and hosts."""
    own_groups = Q(subgroup__memberships__enrollment__person=user.pk, subgroup__memberships__until=None)
    return (
        Session.objects.filter(cohort__in=cohorts_entered_by(user))
        .filter(
            Q(subgroup=None)
            | own_groups
            | Q(subgroup__in=subgroups_led_by(user))
            | Q(cohort__study__in=studies_run_by(user))
        )
        .distinct()
        .select_related("cohort__study", "subgroup")
    )


def sessions_of(user: Reader) -> QuerySet[Session]:
    """Sessions the person takes part in: the whole cohort's, and those of the subgroups they are in or lead."""
    if not user.is_authenticated:
        return Session.objects.none()
    groups = Subgroup.objects.filter(memberships__enrollment__person=user.pk, memberships__until=None)
    return sessions_seen_by(user).filter(
        Q(subgroup=None) | Q(subgroup__in=groups) | Q(subgroup__in=subgroups_led_by(user))
    )


def runs(user: Reader, session: Session) -> bool:
    """Tell whether the person prepares the session: its host, its subgroup's partner; for everybody's, any partner."""
    led = subgroups_led_by(user).filter(cohort=session.cohort_id)
    if session.subgroup_id:
        led = led.filter(pk=session.subgroup_id)
    return studies_run_by(user).filter(pk=session.cohort.study_id).exists() or led.exists()


def passed_turns_seen_by(user: Reader) -> QuerySet[Presentation]:
    """Turns passed on whose reason the person may read: their own members' for a partner, everybody's for a host."""
    led = Q(enrollment__memberships__until=None, enrollment__memberships__subgroup__in=subgroups_led_by(user))
    passed = Presentation.objects.filter(state=Presentation.State.PASSED)
    return passed.filter(led | Q(session__cohort__study__in=studies_run_by(user))).distinct()


def members_looked_after_by(user: Reader) -> QuerySet[Enrollment]:
    """Members of the subgroups the person leads now, and of every cohort they host; never themselves."""
    if not user.is_authenticated:
        return Enrollment.objects.none()
    led = Enrollment.objects.filter(memberships__until=None, memberships__subgroup__in=subgroups_led_by(user))
    hosted = Q(cohort__study__in=studies_run_by(user))
    found = Enrollment.objects.filter(Q(pk__in=led.values("pk")) | hosted, state__in=Enrollment.BELONGS)
    return found.exclude(person=user).select_related("person__profile", "cohort__study")


def partner_notes_seen_by(user: Reader) -> QuerySet[PartnerNote]:
    """Notes about members the person may read: their own, and for a host all of their studies'."""
    if not user.is_authenticated:
        return PartnerNote.objects.none()
    hosted = Q(enrollment__cohort__study__in=studies_run_by(user))
    return PartnerNote.objects.filter(Q(author=user) | hosted).select_related("author__profile")


def subgroup_of(enrollment: Enrollment | None) -> Subgroup | None:
    """The subgroup a member is in now, if any."""
    if enrollment is None:
        return None
    return Subgroup.objects.filter(memberships__enrollment=enrollment, memberships__until=None).first()


def get_session(request: HttpRequest, slug: str, number: int, public_id: str) -> Session:
    """Return a session the reader may see in a space they may enter; another subgroup's is 404."""
    cohort = get_space(request, slug, number)
    return get_object_or_404(sessions_seen_by(request.user), cohort=cohort, public_id=public_id)


def must_agree(user: Reader, cohort: Cohort) -> bool:
    """Tell whether somebody was brought into a cohort by a list and has not agreed to what holds for their seat."""
    return bool(user.is_authenticated and awaiting_a_yes(user).filter(cohort=cohort).exists())


def awaiting_a_yes(user: Reader) -> QuerySet[Enrollment]:
    """Places a list brought the person into, and for which they have not agreed to what holds."""
    yes = Consent.objects.filter(person=OuterRef("person"), kind="terms", version=SEAT, withdrawn_at=None)
    brought = Enrollment.objects.filter(person=user.pk, price_kind=Enrollment.OUTSIDE, state__in=Enrollment.BELONGS)
    return brought.exclude(Exists(yes))


def places_of(user: Reader) -> QuerySet[Any]:
    """All places of the person, of every state; each says whether it is `awaiting_a_yes`."""
    waits = Exists(awaiting_a_yes(user).filter(pk=OuterRef("pk")))
    return Enrollment.objects.filter(person=user.pk).annotate(awaiting_a_yes=waits)


class AgreeFirst(FirstThis):
    """A member has not agreed to what holds for their seat; the page for it is theirs to see first."""

    def __init__(self, cohort: Cohort) -> None:
        sentence = _("Before you come in, read what holds for your seat and agree to it.")
        super().__init__(sentence, page=agreeing_page(cohort), code="agree_first")


def agreeing_page(cohort: Cohort) -> str:
    """Return the path of the page on which what holds for a seat is agreed to."""
    return reverse("agree", args=[cohort.study.slug, cohort.number])


def refuse_without_a_yes(user: Reader, **seat: Any) -> None:
    """Raise AgreeFirst where a yes of the person is awaited for such a seat."""
    place = awaiting_a_yes(user).filter(**seat).select_related("cohort__study").first()
    if place:
        raise AgreeFirst(place.cohort)


def get_seen_session(user: Reader, public_id: str) -> Session:
    """Return a session the person may see, or 404. Raises AgreeFirst for who was brought in and has not agreed yet."""
    found = sessions_seen_by(user).filter(public_id=public_id).first()
    if not found:
        refuse_without_a_yes(user, cohort__sessions__public_id=public_id)
        raise Http404
    return found


def get_space(request: HttpRequest, slug: str, number: int) -> Cohort:
    """Return a cohort whose space the reader may enter. A public cohort's stranger gets 403 with the way in.

    Raises AgreeFirst for who was brought in and has not agreed yet.
    """
    found = cohorts_entered_by(request.user).filter(study__slug=slug, number=number).first()
    if found:
        return found
    refuse_without_a_yes(request.user, cohort__study__slug=slug, cohort__number=number)
    get_object_or_404(public_cohorts(), study__slug=slug, number=number)
    raise PermissionDenied(_("This is the space of the cohort's members. Join the cohort to come in."))


def get_run_cohort(request: HttpRequest, slug: str, number: int) -> Cohort:
    """Return a cohort the reader hosts, or 404 so that names do not leak."""
    return get_object_or_404(cohorts_run_by(request.user), study__slug=slug, number=number)


def get_run_study(request: HttpRequest, slug: str) -> Study:
    """Return a study the reader hosts, or 404."""
    return get_object_or_404(studies_run_by(request.user), slug=slug)


def credits_run_by(user: Reader) -> QuerySet[Credit]:
    """Credit in the studies the person hosts."""
    return Credit.objects.filter(study__in=studies_run_by(user)).select_related("person__profile", "study")


def credits_of(user: Reader) -> QuerySet[Credit]:
    """What the person can still use of their credit, the one that ends first in front."""
    now = timezone.now()
    own = Credit.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), person=user.pk)
    left = own.filter(amount__gt=F("spent") + F("withdrawn") + F("expired"))
    return left.select_related("study").order_by(F("ends_at").asc(nulls_last=True), "pk")


def get_run_subgroup(request: HttpRequest, slug: str, number: int, pk: int) -> Subgroup:
    """Return a subgroup of a cohort the reader hosts, or 404."""
    found = Subgroup.objects.filter(cohort__in=cohorts_run_by(request.user)).select_related("cohort__study")
    return get_object_or_404(found, pk=pk, cohort__study__slug=slug, cohort__number=number)


def seat_groups_of(user: Reader) -> QuerySet[SeatGroup]:
    """Companies' seats the person asked for or bought."""
    if not user.is_authenticated:
        return SeatGroup.objects.none()
    return SeatGroup.objects.filter(buyer=user.pk).select_related("cohort__study", "policy", "buyer")


def get_seat_group(request: HttpRequest, public_id: str) -> SeatGroup:
    """Return a company's seats the reader bought or asked a price for, or 404."""
    return get_object_or_404(seat_groups_of(request.user), public_id=public_id)


def invitations_by_token() -> QuerySet[PartnerInvitation]:
    """Questions to lead a subgroup; whoever knows the token of one may read and answer it."""
    return PartnerInvitation.objects.select_related("subgroup__cohort__study", "host__profile")


def get_run_partner(request: HttpRequest, cohort: Cohort, handle: str) -> Partner:
    """Return who leads or led a group of a cohort the reader hosts, or 404."""
    led = Partner.objects.filter(leaderships__subgroup__cohort=cohort).select_related("person__profile").distinct()
    return get_object_or_404(led, person__handle=handle)


def get_run_session(request: HttpRequest, slug: str, number: int, public_id: str) -> Session:
    """Return a session of a cohort the reader hosts, or 404."""
    found = Session.objects.filter(cohort__in=cohorts_run_by(request.user)).select_related("cohort__study", "subgroup")
    return get_object_or_404(found, public_id=public_id, cohort__study__slug=slug, cohort__number=number)


def get_run_enrollment(request: HttpRequest, slug: str, number: int, public_id: str) -> Enrollment:
    """Return a place in a cohort the reader hosts, or 404."""
    found = Enrollment.objects.filter(cohort__in=cohorts_run_by(request.user)).select_related("cohort__study")
    return get_object_or_404(found, public_id=public_id, cohort__study__slug=slug, cohort__number=number)


def get_run_application(request: HttpRequest, slug: str, number: int, public_id: str) -> ScholarshipApplication:
    """Return a question for a scholarship of a cohort the reader hosts, or 404: nobody else reads its words."""
    found = ScholarshipApplication.objects.filter(scholarship__cohort__in=cohorts_run_by(request.user))
    rows = found.select_related("scholarship__cohort__study", "person__profile")
    place = {"scholarship__cohort__study__slug": slug, "scholarship__cohort__number": number}
    return get_object_or_404(rows, public_id=public_id, **place)

"""Letters about being a partner: asking, being asked, and what became of it."""

import datetime
from typing import Any

from django.urls import reverse

from cohorts import agreed
from cohorts.letters import address, hosts_of
from cohorts.models import Leadership, Partner, PartnerInvitation, Subgroup, Terms
from cohorts.worth import deal_of, scales_of
from studyplatform.accounts.letters import write_to_whoever
from studyplatform.kit.models import Change
from studyplatform.mail.services.letters import withdraw, write


def moved(partner: Partner, *, came_from: str = "", reason: str = "") -> None:
    """Tell somebody how their wish to be a partner stands, or their time as one; why, when it was said."""
    moves = Change.objects.filter(subject_type=partner._meta.label_lower, subject_id=str(partner.pk)).count()
    context = {
        "state": partner.state,
        "again": bool(came_from) and partner.state in (Partner.State.APPLIED, Partner.State.APPROVED),
        "back": came_from == Partner.State.PAUSED,
        "reason": reason,
        "page": address(reverse("partner_apply")),
        "desk": address(reverse("partner_desk")),
    }
    write(
        to=partner.person,
        key=f"partner:{partner.pk}:{moves}",
        template="cohorts/partner_moved",
        context=context,
        about=f"partner:{partner.pk}",
    )


def invited(invitation: PartnerInvitation) -> None:
    """Ask somebody to lead a subgroup."""
    context = {
        **_asked(invitation),
        "page": address(invitation.get_absolute_url()),
        "until": invitation.expires_at,
    }
    write_to_whoever(
        invitation.email,
        language=invitation.subgroup.cohort.study.language,
        key=f"partner-invited:{invitation.pk}",
        template="cohorts/partner_invited",
        kind="partner_named",
        context=context,
        about=_about(invitation),
        expires_at=invitation.expires_at,
    )


def take_back_question(invitation: PartnerInvitation) -> None:
    """Take back the letter of an invitation that is answered or taken back, if it has not left."""
    withdraw(_about(invitation))


def answered(invitation: PartnerInvitation) -> None:
    """Tell the host who asked what the answer is."""
    group = invitation.subgroup
    write(
        to=invitation.host,
        kind="partner_answered",
        key=f"partner-answered:{invitation.pk}",
        template="cohorts/partner_answered",
        context={
            **_asked(invitation),
            "yes": invitation.state == PartnerInvitation.State.ACCEPTED,
            "partner": invitation.partner,
            "email": invitation.email,
            "page": _studio(group),
        },
        about=f"cohort:{group.cohort_id}",
    )


def stands_in(leadership: Leadership, first: datetime.date, last: datetime.date) -> None:
    """Tell a partner that they stand in for a while."""
    group = leadership.subgroup
    write(
        to=leadership.partner.person,
        kind="partner_named",
        key=f"stands-in:{leadership.pk}",
        template="cohorts/partner_stands_in",
        context={**_group(group), "first": first, "last": last, "desk": address(reverse("partner_desk"))},
        about=f"cohort:{group.cohort_id}",
    )


def terms_agreed(terms: Terms, partner: Partner) -> None:
    """Tell a partner what they get in a cohort from now on."""
    cohort = terms.cohort
    write(
        to=partner.person,
        key=f"terms:{terms.pk}",
        template="cohorts/partner_terms",
        context={
            "cohort": cohort,
            "study": cohort.study,
            "deal": deal_of(terms, scales_of(partner, [cohort])[cohort.pk]),
            "earnings": address(reverse("partner_earnings")),
        },
        about=f"cohort:{cohort.pk}",
    )


def lead_missing(leadership: Leadership) -> None:
    """Tell the hosts that a group of theirs has nobody who leads it any more."""
    group = leadership.subgroup
    context = {**_group(group), "page": _studio(group), "partner": leadership.partner}
    for host in hosts_of(group.cohort):
        write(
            to=host,
            key=f"lead-missing:{leadership.pk}:{host.pk}",
            template="cohorts/lead_missing",
            context=context,
            about=f"cohort:{group.cohort_id}",
        )


def _asked(invitation: PartnerInvitation) -> dict[str, Any]:
    part = agreed.standing(invitation.subgroup.cohort).partner_part
    return {**_group(invitation.subgroup), "host": invitation.host, "part": part}


def _group(group: Subgroup) -> dict[str, Any]:
    return {"cohort": group.cohort, "study": group.cohort.study, "subgroup": group}


def _studio(group: Subgroup) -> str:
    """Return where the host looks after a group."""
    return address(reverse("studio_group", args=[group.cohort.study.slug, group.cohort.number, group.pk]))


def _about(invitation: PartnerInvitation) -> str:
    return f"partner-invitation:{invitation.pk}"

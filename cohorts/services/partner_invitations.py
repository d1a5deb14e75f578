"""Invitations: a host asks somebody to lead a subgroup; whoever is asked says yes or no, once."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import partner_letters
from cohorts.models import Cohort, Leadership, Partner, PartnerInvitation, Subgroup
from cohorts.models.partner_invitation import LIFE
from cohorts.services import leaderships
from studyplatform.accounts.models import User
from studyplatform.accounts.services import people
from studyplatform.accounts.texts import PARTNER_TERMS
from studyplatform.kit import history
from studyplatform.kit.errors import Refused

MOST_A_DAY = 30  # invitations one person may send
DAY = datetime.timedelta(days=1)
State = PartnerInvitation.State


@transaction.atomic
def invite(host: User, subgroup: Subgroup, email: str) -> PartnerInvitation:
    """Ask whoever has this address to lead the subgroup; an earlier question of it is taken back.

    Asking the same address again while it waits changes nothing. Raises Refused for who asks too many in a day.
    """
    row = leaderships.locked(subgroup)
    address = email.strip().lower()
    standing = waiting(row)
    if standing and standing.email == address and standing.is_open:
        return standing
    _refuse_too_many(host)
    if standing:
        _answer(standing, State.WITHDRAWN, host)
    invitation = PartnerInvitation.objects.create(
        subgroup=row, host=host, email=address, expires_at=timezone.now() + LIFE
    )
    history.record(invitation, "", invitation.state, host)
    partner_letters.invited(invitation)
    return invitation


@transaction.atomic
def take_back(host: User, subgroup: Subgroup) -> None:
    """Take back the question that waits for an answer, if one does."""
    standing = waiting(subgroup)
    if standing:
        _answer(standing, State.WITHDRAWN, host)


@transaction.atomic
def accept(person: User, invitation: PartnerInvitation) -> Leadership:
    """Say yes: the person is a partner, agrees to the terms of partners, and leads the subgroup from now on.

    Raises Refused when it was answered, has run out, was sent to another account, or the cohort is over.
    """
    row = _open(invitation)
    known = User.objects.filter(email__iexact=row.email, erased_at=None).first()
    if known and known.pk != person.pk:
        raise Refused(_("This was sent to another address than yours. Sign in with the one it came to."))
    if row.subgroup.cohort.state in Cohort.OVER:
        raise Refused(_("This cohort is over, so there is nothing to lead any more."))
    partner = let_lead(person)
    people.agree(person, PARTNER_TERMS)
    row.partner = partner
    _answer(row, State.ACCEPTED, person)
    return leaderships.hand_over(row.host, row.subgroup, partner)


@transaction.atomic
def decline(invitation: PartnerInvitation, person: User | None = None) -> PartnerInvitation:
    """Say no. Whoever holds the letter may; the host is told."""
    return _answer(_open(invitation), State.DECLINED, person)


@transaction.atomic
def withdraw(actor: User, invitation: PartnerInvitation) -> PartnerInvitation:
    """Take one question back. Raises Refused when it is answered."""
    return _answer(_open(invitation), State.WITHDRAWN, actor)


def waiting(subgroup: Subgroup) -> PartnerInvitation | None:
    """Return the question about a subgroup nobody has answered yet."""
    return subgroup.invitations.select_for_update().filter(state=State.PENDING).first()


def _open(invitation: PartnerInvitation) -> PartnerInvitation:
    leaderships.locked(invitation.subgroup)
    rows = PartnerInvitation.objects.select_for_update(of=("self",)).select_related("subgroup__cohort__study", "host")
    row = rows.get(pk=invitation.pk)
    if not row.is_open:
        raise Refused(_("This invitation is answered, or its time is over."), code="moved_on")
    return row


def _answer(row: PartnerInvitation, to: str, actor: User | None) -> PartnerInvitation:
    history.move(row, to, actor, partner=row.partner)
    partner_letters.take_back_question(row)
    if to in (State.ACCEPTED, State.DECLINED):
        partner_letters.answered(row)
    return row


def let_lead(person: User) -> Partner:
    """Return the person as a partner who may lead. Raises Refused for one put to rest."""
    partner, made = Partner.objects.get_or_create(person=person, defaults={"state": Partner.State.APPROVED})
    if made:
        history.record(partner, "", partner.state, person)
        return partner
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    refuse_if_resting(partner)
    if partner.state == Partner.State.WITHDRAWN:
        history.move(partner, Partner.State.APPLIED, person)
    if partner.state == Partner.State.APPLIED:
        history.move(partner, Partner.State.APPROVED, person)
    return partner


def refuse_if_resting(partner: Partner) -> None:
    """Raise Refused for a partner who was put to rest, or was declined."""
    if partner.state in (Partner.State.DECLINED, Partner.State.PAUSED, Partner.State.ENDED):
        raise Refused(_("This person does not lead groups at the moment."), field="partner_email")


def _refuse_too_many(host: User) -> None:
    lately = PartnerInvitation.objects.filter(host=host, created_at__gt=timezone.now() - DAY)
    if lately.count() >= MOST_A_DAY:
        raise Refused(_("You have invited many people today. Go on tomorrow."), field="partner_email")

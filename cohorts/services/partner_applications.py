"""Asking to be a partner: by the person, with an answer from who runs the platform (services/partners.py)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cohorts import partner_letters
from cohorts.models import Partner, PartnerApplication
from studyplatform.accounts.models import User
from studyplatform.accounts.services import people
from studyplatform.accounts.texts import PARTNER_TERMS
from studyplatform.kit import history
from studyplatform.kit.errors import Refused

AGAIN = (Partner.State.DECLINED, Partner.State.WITHDRAWN)


@transaction.atomic
def apply(person: User, **answers: Any) -> PartnerApplication:
    """Ask to lead subgroups, agreeing to the terms of partners. Raises Refused for who has asked, or leads already.

    `answers` are subject, field, slots, sample and words.
    """
    partner, made = Partner.objects.get_or_create(person=person)
    if made:
        history.record(partner, "", partner.state, person)
    else:
        partner = Partner.objects.select_for_update().get(pk=partner.pk)
        if partner.state not in AGAIN:
            raise Refused(_("You have asked already, or you are a partner. This page says how it stands."))
        history.move(partner, Partner.State.APPLIED, person)
    people.agree(person, PARTNER_TERMS)
    partner_letters.moved(partner)
    return PartnerApplication.objects.create(partner=partner, **answers)


@transaction.atomic
def withdraw(person: User) -> Partner:
    """Take one's question back. Raises Refused when nothing waits for an answer."""
    partner = Partner.objects.select_for_update().filter(person=person, state=Partner.State.APPLIED).first()
    if not partner:
        raise Refused(_("Nothing of yours waits for an answer."), code="moved_on")
    history.move(partner, Partner.State.WITHDRAWN, person)
    partner_letters.moved(partner)
    return partner

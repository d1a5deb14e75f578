"""Partners: who leads which subgroup, from when."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateTimeTZRange

from cohorts import letters
from cohorts.models import Leadership, Partner, Subgroup
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused


@transaction.atomic
def appoint(host: User, subgroup: Subgroup, email: str) -> Leadership | None:
    """Let the person with this address lead the subgroup from now on; "" ends whoever leads it.

    Raises Refused when nobody has the address, or the person does not lead groups any more.
    """
    person = _person(email) if email else None
    standing = lead_of(subgroup)
    if standing and person and standing.partner.person_id == person.pk:
        return standing
    partner = _approved(host, person) if person else None
    now = timezone.now()
    if standing:
        standing.period = DateTimeTZRange(standing.period.lower, now)
        standing.save(update_fields=["period"])
    if not partner:
        return None
    letters.partner_named(subgroup, partner, host)
    return Leadership.objects.create(subgroup=subgroup, partner=partner, period=DateTimeTZRange(now, None))


def lead_of(subgroup: Subgroup) -> Leadership | None:
    """Return who leads the subgroup now."""
    now = timezone.now()
    leads = Leadership.objects.filter(subgroup=subgroup, kind=Leadership.Kind.LEAD, period__contains=now)
    return leads.select_related("partner__person__profile").first()


def _person(email: str) -> User:
    person = User.objects.filter(email__iexact=email.strip(), is_active=True, erased_at=None).first()
    if not person:
        raise Refused(
            _("Nobody has an account with this address yet. Ask them to sign up, then name them here."),
            field="partner_email",
        )
    return person


def _approved(host: User, person: User) -> Partner:
    partner, made = Partner.objects.get_or_create(person=person, defaults={"state": Partner.State.APPROVED})
    if made:
        history.record(partner, "", partner.state, host)
        return partner
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    if partner.state == Partner.State.WITHDRAWN:
        history.move(partner, Partner.State.APPLIED, host)
    if partner.state == Partner.State.APPLIED:
        history.move(partner, Partner.State.APPROVED, host)
    if partner.state != Partner.State.APPROVED:
        raise Refused(_("This person does not lead groups at the moment."), field="partner_email")
    return partner

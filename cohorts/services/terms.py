"""Terms: who gets which part of what a seat brings in. A new version is for new seats; nothing written changes."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Terms
from cohorts.services import cohorts
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused
from studyplatform.kit.money import BASIS


@transaction.atomic
def agree_anew(actor: User, cohort: Cohort, *, platform_share: int, partner_share: int) -> Terms:
    """Write the next version of a cohort's terms, for seats taken from now on. Shares are in basis points.

    Raises Refused when the cohort is over, the parts are more than the whole, or nothing would change.
    """
    row = cohorts.locked(cohort)
    if row.state in Cohort.OVER:
        raise Refused(_("This cohort is over. No seat is taken any more."))
    if platform_share + partner_share > BASIS:
        raise Refused(_("Platform and partners cannot get more than the whole."), field="partner_share")
    standing = row.terms.latest("version")
    if (standing.platform_share, standing.partner_share) == (platform_share, partner_share):
        raise Refused(_("These are the terms already in force."), field="partner_share")
    terms = Terms.objects.create(
        cohort=row, version=standing.version + 1, platform_share=platform_share, partner_share=partner_share
    )
    history.record(row, row.state, row.state, actor, note=f"terms {terms.version}: {terms}")
    cohorts.changed(row)
    return terms

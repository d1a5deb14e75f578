"""Terms: who gets which part of what a seat brings in. A new version is for new seats; nothing written changes."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from cohorts import agreed, partner_letters, pricing
from cohorts.clock import led_by
from cohorts.models import Cohort, Leadership, Partner, Rules, Session, Terms
from cohorts.services import cohorts
from studyplatform.accounts.models import User
from studyplatform.kit import history, money
from studyplatform.kit.errors import Refused
from studyplatform.kit.money import BASIS


@transaction.atomic
def agree_anew(
    actor: User,
    cohort: Cohort,
    *,
    platform_share: int,
    partner_share: int,
    reserve: int | None = None,
    reserve_days: int | None = None,
) -> Terms:
    """Write the next version of a cohort's terms, for seats taken from now on. Shares are in basis points.

    `reserve` of what sessions bring the host is paid out only after `reserve_days`, 0 meaning when the cohort ends;
    None leaves both as they are.

    Raises Refused when the cohort is over, the parts are more than the whole, or nothing would change.
    """
    row, newest = _locked(cohort)
    most = max(partner_share, _most_of_one_partner(row))
    if platform_share + most > BASIS:
        raise Refused(_("Platform and partners cannot get more than the whole."), field="partner_share")
    held = {"reserve": reserve, "reserve_days": reserve_days}
    kept = {name: getattr(newest, name) if value is None else value for name, value in held.items()}
    now = (newest.platform_share, agreed.standing(row).partner_share, newest.reserve, newest.reserve_days)
    if now == (platform_share, partner_share, *kept.values()):
        raise Refused(_("These are the terms already in force."), field="partner_share")
    return _write(actor, row, newest, platform_share=platform_share, partner_share=partner_share, **kept)


@transaction.atomic
def agree_with(actor: User, cohort: Cohort, partner: Partner, *, partner_share: int, rules: Rules) -> Terms:
    """Write terms of one partner's own, for seats taken and sessions held from now on; they are told by letter.

    Raises Refused for who leads no group of the cohort or is its payee, for more than a seat brings in, and when a
    promise for the whole cohort would shrink after they began to lead.
    """
    row, newest = _locked(cohort)
    _refuse_stranger(row, partner)
    _refuse_more_than_there_is(row, newest.platform_share, partner_share, rules)
    before = agreed.standing(row, partner)
    if before.partner and (before.partner_share, before.amounts) == (partner_share, rules):
        raise Refused(_("These are the terms already in force."), field="partner_share")
    _refuse_broken_promise(row, partner, before.amounts, rules)
    written = _write(
        actor,
        row,
        newest,
        partner=partner,
        platform_share=newest.platform_share,
        partner_share=partner_share,
        rules=rules.written(),
    )
    partner_letters.terms_agreed(written, partner)
    return written


def _locked(cohort: Cohort) -> tuple[Cohort, Terms]:
    row = cohorts.locked(cohort)
    if row.state in Cohort.OVER:
        raise Refused(_("This cohort is over. No seat is taken any more."))
    return row, row.terms.latest("version")


def _write(actor: User, row: Cohort, newest: Terms, **what: Any) -> Terms:
    kept = {"reserve": newest.reserve, "reserve_days": newest.reserve_days}
    terms = Terms.objects.create(cohort=row, version=newest.version + 1, **{**kept, **what})
    whose = f" for {terms.partner}" if terms.partner else ""
    history.record(row, row.state, row.state, actor, note=f"terms {terms.version}{whose}: {terms}")
    cohorts.changed(row)
    return terms


def _most_of_one_partner(cohort: Cohort) -> int:
    newest = cohort.terms.exclude(partner=None).values("partner").annotate(newest=Max("version"))
    own = cohort.terms.filter(version__in=newest.values("newest"))
    return int(own.aggregate(most=Max("partner_share"))["most"] or 0)


def _refuse_stranger(cohort: Cohort, partner: Partner) -> None:
    if not Leadership.objects.filter(partner=partner, subgroup__cohort=cohort).exists():
        raise Refused(_("This person leads no group of this cohort."))
    if partner.person_id == cohort.study.payee_id:
        raise Refused(_("Whoever the study is paid to has the remainder anyway."))


def _refuse_more_than_there_is(cohort: Cohort, platform: int, partner: int, rules: Rules) -> None:
    if platform + partner > BASIS:
        raise Refused(_("Platform and partners cannot get more than the whole."), field="partner_share")
    price = pricing.standard(cohort)
    if rules != Rules() and not price:
        raise Refused(_("This cohort is free, so there is nothing to share."))
    left = price - money.share(price, platform + partner)
    if rules.per_member > left:
        shown = money.show(left, cohort.currency)
        raise Refused(_("Of each seat %(left)s is left for you. Give less.") % {"left": shown}, field="per_member")


def _refuse_broken_promise(cohort: Cohort, partner: Partner, before: Rules, now: Rules) -> None:
    """What was promised for the whole cohort is not made smaller once they work for it."""
    smaller = [name for name in ("per_cohort", "bonus") if getattr(now, name) < getattr(before, name)]
    if before.bonus and now.bonus_from > before.bonus_from:
        smaller.append("bonus_from")
    if smaller and led_by(partner, Session.objects.filter(cohort=cohort)).exists():
        raise Refused(_("They lead already, so what is promised for the whole cohort can only grow."), field=smaller[0])

"""A partner's terms in words, and what they come to for so many members and sessions."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.agreed import Agreed
from cohorts.models import Cohort, Leadership, Partner, Price, Rules, Session, Subgroup, Terms
from cohorts.models.terms import PER_CENT
from studyplatform.accounts.models import User
from studyplatform.kit import money


class Scale(NamedTuple):
    """How much there is to share: what a seat costs, how many members, how many sessions of their groups."""

    price: int
    members: int
    sessions: int


NOTHING = Scale(0, 0, 0)


def scales_of(partner: Partner, cohorts: Iterable[Cohort]) -> dict[int, Scale]:
    """Return, by cohort, the scale of the groups a partner leads now: their members, or their seats while empty."""
    by_cohort = {cohort.pk: cohort for cohort in cohorts}
    led = Leadership.objects.filter(partner=partner, period__contains=timezone.now())
    planned = Count("sessions", filter=Q(sessions__state=Session.State.PLANNED))
    found = Subgroup.objects.filter(cohort__in=by_cohort, pk__in=led.values("subgroup")).annotate(planned=planned)
    groups: dict[int, list[Any]] = defaultdict(list)
    for group in found:
        groups[group.cohort_id].append(group)
    prices = Price.objects.filter(cohort__in=by_cohort, kind=Price.Kind.STANDARD).values_list("cohort", "amount")
    return {pk: _scale(by_cohort[pk], amount, groups[pk]) for pk, amount in prices}


def _scale(cohort: Cohort, price: int, groups: list[Any]) -> Scale:
    taken, planned = sum(group.taken for group in groups), sum(group.planned for group in groups)
    seats = sum(group.capacity for group in groups)
    return Scale(price, taken or seats, planned or cohort.weeks * len(groups))


@dataclass(frozen=True)
class Deal:
    """What a partner gets: a share in basis points, amounts in minor units of the currency, and of how much."""

    share: int
    rules: Rules
    currency: str
    scale: Scale

    @property
    def lines(self) -> list[str]:
        """Return every part of it in words, or that there is none."""
        rules = self.rules
        said = [
            (self.share, _("%(part)s %% of what each member paid, less payment fees") % {"part": _part(self.share)}),
            (rules.per_member, _("%(sum)s for each paying member") % {"sum": self._show(rules.per_member)}),
            (rules.per_session, _("%(sum)s for each session of the group") % {"sum": self._show(rules.per_session)}),
            (rules.per_cohort, _("%(sum)s for leading to the end") % {"sum": self._show(rules.per_cohort)}),
            (rules.bonus, self._bonus()),
        ]
        return [words for amount, words in said if amount] or [_("nothing")]

    @property
    def comes_to(self) -> int:
        """What it comes to without the bonus, in minor units, before payment fees."""
        of_seat = money.share(self.scale.price, self.share) + self.rules.per_member
        return self.scale.members * of_seat + self.scale.sessions * self.rules.per_session + self.rules.per_cohort

    def beyond(self, platform_share: int) -> str:
        """Return what to think of when amounts are more than their members leave the host; else nothing."""
        price, members = self.scale.price, self.scale.members
        left = members * (price - money.share(price, platform_share + self.share))
        amounts = self.comes_to - members * money.share(price, self.share) + self.rules.bonus
        if amounts <= left:
            return ""
        said = _("Their members leave the host %(left)s. What goes beyond comes from other members, or stays owed.")
        return said % {"left": self._show(left)}

    @property
    def forecast(self) -> str:
        """That as a sentence: for 12 members and 6 sessions."""
        members, sessions = self.scale.members, self.scale.sessions
        counted = {
            "members": ngettext("%(n)s member", "%(n)s members", members) % {"n": members},
            "sessions": ngettext("%(n)s session", "%(n)s sessions", sessions) % {"n": sessions},
            "sum": self._show(self.comes_to),
        }
        sentence = _("For %(members)s and %(sessions)s: %(sum)s.") % counted
        if not self.rules.bonus:
            return sentence
        most = self._show(self.comes_to + self.rules.bonus)
        return _("%(sentence)s With the bonus: %(sum)s.") % {"sentence": sentence, "sum": most}

    def _bonus(self) -> str:
        words = {"sum": self._show(self.rules.bonus), "part": _part(self.rules.bonus_from)}
        return _("%(sum)s when at least %(part)s %% of their members complete") % words

    def _show(self, amount: int) -> str:
        return money.show(amount, self.currency)


def _part(share: int) -> str:
    return f"{share / PER_CENT:g}"


def deal_in(cohort: Cohort, scale: Scale, *, partner_share: int, rules: Rules) -> Deal:
    """Return what a share and rules would give in a cohort."""
    return Deal(partner_share, rules, cohort.currency, scale)


def deal_of(terms: Terms, scale: Scale) -> Deal:
    """Return what terms of a cohort give for so many members and sessions."""
    return Deal(terms.partner_share, terms.amounts, terms.cohort.currency, scale)


def deals_led_by(person: User) -> list[tuple[Cohort, Deal]]:
    """Return what a person gets now in each cohort they lead in that is not over; of their own, all is theirs."""
    partner = Partner.objects.filter(person=person).first()
    if not partner:
        return []
    led = Leadership.objects.filter(partner=partner, period__contains=timezone.now())
    cohorts = Cohort.objects.filter(pk__in=led.values("subgroup__cohort")).exclude(state__in=Cohort.OVER)
    cohorts = cohorts.exclude(study__payee=person)
    rows = list(cohorts.select_related("study").order_by("starts_on", "pk"))
    return [(cohort, deal) for cohort, deal, _version in deals_in(rows, partner)]


def deals_in(cohorts: list[Cohort], partner: Partner) -> list[tuple[Cohort, Deal, int]]:
    """Return what a partner gets now in some cohorts, and by which version of each."""
    agreed, scales = Agreed([row.pk for row in cohorts]), scales_of(partner, cohorts)
    found = [(row, agreed.at(row.pk, partner.person_id, timezone.now())) for row in cohorts]
    return [
        (row, deal_in(row, scales[row.pk], partner_share=terms.partner_share, rules=terms.amounts), terms.version)
        for row, terms in found
    ]

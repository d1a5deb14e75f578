"""Differences on the desk: what the two sides say, why, what cures it."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from payments.flows import cures
from payments.kinds import KINDS, kind
from payments.models import Difference
from payments.services import differences
from studyplatform.kit.desk.deeds import Reason, Words, deed
from studyplatform.kit.desk.tables import Table, linked
from studyplatform.kit.desk.waits import waits
from studyplatform.kit.errors import Refused
from studyplatform.kit.money import show


def _side(amount: int | None, row: Difference) -> str:
    if amount is None:
        return "–"
    return show(amount, row.currency) if row.currency else str(amount)


class KindFilter(admin.SimpleListFilter):
    """What kind of difference."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, one.words) for name, one in KINDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


def _sides(row: Difference) -> list[Words]:
    """What a person reads before a deed: both sides, and why they differ."""
    both = _("We say %(ours)s, the other side says %(theirs)s.") % {
        "ours": _side(row.ours, row),
        "theirs": _side(row.theirs, row),
    }
    return [str(both), kind(row.kind).why, kind(row.kind).cure]


def _carried(row: Difference) -> list[Words]:
    amount = differences.between(row)
    says = _("The platform gets %(sum)s.") if amount > 0 else _("The platform pays %(sum)s.")
    return [*_sides(row), str(says % {"sum": show(abs(amount), row.currency)})] if row.currency else _sides(row)


def _ask(row: Difference) -> Difference:
    if not cures.ask(row):
        raise Refused(_("Stripe was asked, and the difference is still there."))
    return row


def _compare(row: Difference) -> Difference:
    if not cures.ask(row):
        raise Refused(_("The two sides were compared again, and the difference is still there."))
    return row


@admin.register(Difference)
class DifferenceAdmin(Table):
    list_display = ("what", "we_say", "they_say", "state", "first_seen", "last_seen")
    list_filter = (waits(late=(_("open for longer than a day"), differences.late)), "state", KindFilter)
    search_fields = ("cause", "movement__source", "movement__intent", "line__words", "about_id")
    date_hierarchy = "first_seen"
    ordering = ("-first_seen", "-pk")
    fields = readonly_fields = (
        *("what", "why", "cure", "we_say", "they_say", "state", "concerns", "at_stripe", "at_bank", "in_the_books"),
        *("at", "first_seen", "last_seen", "changes"),
    )
    handled_by = "payments.handle_differences"
    actions = ("ask_again", "compare_again", "carry", "explain")
    offered = {"ask_again": ("open",), "compare_again": ("open",), "carry": ("open",)}

    def _can(self, row: Difference, name: str) -> bool:
        of = kind(row.kind)
        fits = {"carry": of.carried, "ask_again": not of.bank, "compare_again": of.bank}
        return super()._can(row, name) and fits.get(name, True)

    def named(self, row: Difference) -> str:
        """What it is, and how much is between the two sides."""
        between = abs(differences.between(row))
        return f"{kind(row.kind).words} · {show(between, row.currency)}" if row.currency else str(kind(row.kind).words)

    @admin.display(description=_("difference"), ordering="kind")
    def what(self, row: Difference) -> str:
        return str(kind(row.kind).words)

    @admin.display(description=_("why"))
    def why(self, row: Difference) -> str:
        return str(kind(row.kind).why)

    @admin.display(description=_("what cures it"))
    def cure(self, row: Difference) -> str:
        return str(kind(row.kind).cure)

    @admin.display(description=_("we say"), ordering="ours")
    def we_say(self, row: Difference) -> str:
        return _side(row.ours, row)

    @admin.display(description=_("the other side says"), ordering="theirs")
    def they_say(self, row: Difference) -> str:
        return _side(row.theirs, row)

    @admin.display(description=_("about"))
    def concerns(self, row: Difference) -> SafeString | str:
        thing = apps.get_model(row.about).objects.filter(pk=row.about_id).first() if row.about else None
        return linked(thing)

    @admin.display(description=_("at Stripe"))
    def at_stripe(self, row: Difference) -> SafeString | str:
        return linked(row.movement)

    @admin.display(description=_("at the bank"))
    def at_bank(self, row: Difference) -> SafeString | str:
        return linked(row.line)

    @admin.display(description=_("in the books"))
    def in_the_books(self, row: Difference) -> SafeString | str:
        return linked(row.booked)

    ask_again = deed(
        _("Ask Stripe again"),
        lambda actor, row, said: _ask(row),
        says=_("Stripe is asked how things stand, and what it says is followed. Doing that twice changes nothing."),
        done=_("gone: both sides say the same"),
        permission="handle",
        about=_sides,
    )
    compare_again = deed(
        _("Compare again"),
        lambda actor, row, said: _compare(row),
        says=_("What is safe is done, and both sides are looked at once more. Doing that twice changes nothing."),
        done=_("gone: both sides say the same"),
        permission="handle",
        about=_sides,
    )
    carry = deed(
        _("The platform carries it"),
        lambda actor, row, said: differences.carry(row, actor, said["note"]),
        says=_("What is between the two sides is booked as the platform’s, once. No member, host or partner pays it."),
        done=_("booked, and closed"),
        permission="handle",
        form=Reason,
        about=_carried,
        single=True,
    )
    explain = deed(
        _("It is right as it is"),
        lambda actor, row, said: differences.explain(row, actor, said["note"]),
        says=_("Nothing is booked. It is closed with your reason, and comes back if its amounts change."),
        done=_("closed with a reason"),
        permission="handle",
        moves_to="explained",
        form=Reason,
        about=_sides,
    )

"""Credit on the desk: who has it, from whom, what became of it; taken back like a host does."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cohorts.admin.partners import Told
from cohorts.models import Credit, CreditUse
from cohorts.services import credits
from studyplatform.kit.desk.deeds import deed
from studyplatform.kit.desk.tables import Lines, Table
from studyplatform.kit.money import show


class UseInline(Lines):
    model = CreditUse
    fields = readonly_fields = ("enrollment", "taken_off", "came_back", "created_at")

    @admin.display(description=_("taken off"))
    def taken_off(self, row: CreditUse) -> str:
        return show(row.amount, row.credit.currency)

    @admin.display(description=_("came back"))
    def came_back(self, row: CreditUse) -> str:
        return show(row.returned, row.credit.currency)


@admin.register(Credit)
class CreditAdmin(Table):
    list_display = ("person", "study", "given", "used", "rest", "ends_at", "created_at")
    list_filter = ("currency",)
    list_select_related = ("person__profile", "study", "given_by__profile")
    search_fields = ("person__email", "person__profile__pen_name", "study__title", "words")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = readonly_fields = (
        *("person", "study", "words", "given_by", "given", "used", "taken", "run_out", "rest", "ends_at"),
        *("created_at", "changes"),
    )
    inlines = (UseInline,)
    actions = ("take_back",)
    happened = {"given": _("given"), "taken_back": _("taken back")}

    @admin.display(description=_("amount given"), ordering="amount")
    def given(self, row: Credit) -> str:
        return show(row.amount, row.currency)

    @admin.display(description=_("amount used"), ordering="spent")
    def used(self, row: Credit) -> str:
        return show(row.spent, row.currency)

    @admin.display(description=_("taken back"))
    def taken(self, row: Credit) -> str:
        return show(row.withdrawn, row.currency)

    @admin.display(description=_("run out"))
    def run_out(self, row: Credit) -> str:
        return show(row.expired + (row.left if row.is_over else 0), row.currency)

    @admin.display(description=_("not used yet"))
    def rest(self, row: Credit) -> str:
        return show(0 if row.is_over else row.left, row.currency)

    take_back = deed(
        _("Take back what is left"),
        lambda actor, row, said: credits.take_back(actor, row, reason=said["note"]),
        says=_("What was not used yet is taken back, and its member reads why. What they used stays used."),
        done=_("taken back"),
        form=Told,
    )

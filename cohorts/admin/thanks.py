"""Thanks on the desk: read, and taken back when they are none."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cohorts.models import Thanks
from cohorts.services import thanks
from studyplatform.kit.desk.deeds import Reason, deed
from studyplatform.kit.desk.tables import Table, linked


@admin.register(Thanks)
class ThanksAdmin(Table):
    list_display = ("__str__", "sender", "receiver", "at", "taken_back_at")
    list_filter = (("taken_back_at", admin.EmptyFieldListFilter),)
    list_select_related = ("giver__profile", "presentation__enrollment__person__profile")
    search_fields = ("words", "giver__email", "giver__profile__pen_name", "presentation__enrollment__person__email")
    date_hierarchy = "at"
    ordering = ("-at",)
    fields = readonly_fields = ("said", "sender", "receiver", "at", "taken_back_at", "changes")
    actions = ("take_back",)
    happened = {"given": _("given"), "taken_back": _("taken back")}

    @admin.display(description=_("thanks"))
    def said(self, row: Thanks) -> str:
        return row.words

    @admin.display(description=_("from"), ordering="giver")
    def sender(self, row: Thanks) -> SafeString | str:
        return linked(row.giver)

    @admin.display(description=_("for"))
    def receiver(self, row: Thanks) -> str:
        return str(row.presentation.enrollment.person)

    take_back = deed(
        _("Take out of sight"),
        lambda actor, row, said: thanks.take_back(actor, row, note=said["note"]),
        says=_("Nobody sees it any more, and it no longer counts for who was thanked. This cannot be undone."),
        done=_("out of sight"),
        form=Reason,
    )

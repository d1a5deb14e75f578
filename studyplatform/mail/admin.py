"""Letters on the desk: what was sent to whom, how it reads, taking one back, sending one that did not arrive."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.desk.deeds import deed
from studyplatform.kit.desk.stands import Stands
from studyplatform.kit.desk.tables import Table
from studyplatform.mail.kinds import NAMES, name_of
from studyplatform.mail.models import Letter
from studyplatform.mail.services import letters


class LetterStands(Stands):
    """As for every queue; a letter rightly kept back did not go wrong."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "failed":
            return queryset.filter(pk__in=letters.failed())
        return super().queryset(request, queryset)


class KindOfLetter(admin.SimpleListFilter):
    """The kinds people can stop, in words."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(NAMES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Letter)
class LetterAdmin(Table):
    list_display = ("says", "address", "stands", "created_at", "done_at", "attempts")
    list_filter = (LetterStands, KindOfLetter, "language")
    search_fields = ("address", "about")  # not the subject: it may hold a code, found digit by digit
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = readonly_fields = (
        *("says", "address", "recipient", "stands", "error", "kind_in_words", "about", "language"),
        *("created_at", "due_at", "done_at", "expires_at", "withdrawn_at", "attempts"),
        *("as_read", "as_text", "changes"),
    )
    actions = ("send_again", "take_back")
    happened = {"waiting": _("waiting"), "withdrawn": _("taken back")}

    @admin.display(description=_("subject"))
    def says(self, row: Letter) -> str:
        return row.shown_subject

    @admin.display(description=_("how it stands"))
    def stands(self, row: Letter) -> str:
        if row.withdrawn_at:
            return gettext("withdrawn")
        if row.done_at:
            return gettext("not sent") if row.error else gettext("sent")
        return gettext("went wrong, tried again") if row.error else gettext("waiting")

    @admin.display(description=_("kind"))
    def kind_in_words(self, row: Letter) -> str:
        return str(name_of(row.kind))

    @admin.display(description=_("how it looks"))
    def as_read(self, row: Letter) -> SafeString:
        if row.carries_key:
            return format_html("{}", gettext("This letter opens an account. Only its reader sees it."))
        return format_html('<iframe sandbox class="desk-frame" srcdoc="{}" title="{}"></iframe>', row.html, row.subject)

    @admin.display(description=_("its text"))
    def as_text(self, row: Letter) -> SafeString:
        return format_html('<div class="desk-text">{}</div>', "–" if row.carries_key else row.text)

    send_again = deed(
        _("Send now"),
        lambda actor, row, said: letters.send_again(actor, row),
        says=_("What waits, or did not arrive, leaves within a minute. Letters that have left are not sent twice."),
        done=_("due now"),
    )
    take_back = deed(
        _("Take back"),
        lambda actor, row, said: letters.take_back(actor, row),
        says=_("These letters will not be sent. Those that have left cannot be taken back."),
        done=_("taken back"),
    )

"""Case studies and what is said under them on the desk: read, taken out of sight, shown again, removed."""

from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from showcase.models import CaseStudy, Comment
from showcase.services import case_studies, comments
from studyplatform.kit.desk.deeds import Reason, deed
from studyplatform.kit.desk.tables import Table, linked


@admin.register(CaseStudy)
class CaseStudyAdmin(Table):
    list_display = ("__str__", "author", "state", "visibility", "language", "published_at", "indexed")
    list_filter = ("state", "visibility", "language", "indexed", "field")
    list_select_related = ("author__profile",)
    search_fields = ("title", "public_id", "author__email", "author__profile__pen_name")
    date_hierarchy = "published_at"
    ordering = ("-created_at",)
    fields = readonly_fields = (
        *("title", "summary", "author", "state", "visibility", "indexed", "language", "field", "place", "credit"),
        *("created_at", "published_at", "edited_at", "body", "changes"),
    )
    actions = ("hide", "show", "remove")

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).defer("html", "recipe", "pending")

    @admin.display(description=_("cohort"))
    def place(self, row: CaseStudy) -> str:
        return str(row.enrollment.cohort) if row.enrollment else "–"

    @admin.display(description=_("how it reads"))
    def body(self, row: CaseStudy) -> SafeString:
        return format_html('<iframe sandbox class="desk-frame" srcdoc="{}" title="{}"></iframe>', row.html, row.title)

    hide = deed(
        _("Take out of sight"),
        lambda actor, row, said: case_studies.hide(row, actor, note=said["note"]),
        says=_("Readers get “not found”, and it no longer counts for its author. It can be shown again."),
        done=_("out of sight"),
        moves_to="hidden",
        form=Reason,
    )
    show = deed(
        _("Show again"),
        lambda actor, row, said: case_studies.show(row, actor),
        says=_("Readers see it again, and it counts again for its author."),
        done=_("shown again"),
        moves_to="published",
    )
    remove = deed(
        _("Remove for good"),
        lambda actor, row, said: case_studies.remove(row, actor, note=said["note"]),
        says=_("Its address says that it is gone. Remixes keep its credit. This cannot be undone."),
        done=_("removed"),
        moves_to="removed",
        form=Reason,
    )


@admin.register(Comment)
class CommentAdmin(Table):
    list_display = ("__str__", "author", "case_study", "state", "at")
    list_filter = ("state",)
    list_select_related = ("author__profile", "case_study")
    search_fields = ("text", "public_id", "author__email", "author__profile__pen_name", "case_study__title")
    date_hierarchy = "at"
    ordering = ("-at",)
    fields = readonly_fields = ("said", "author", "case_study", "before", "state", "at", "changes")
    actions = ("hide", "show")

    @admin.display(description=_("comment"))
    def said(self, row: Comment) -> str:
        return row.text

    @admin.display(description=_("answers"))
    def before(self, row: Comment) -> SafeString | str:
        return linked(row.answers)

    hide = deed(
        _("Put away"),
        lambda actor, row, said: comments.remove(actor, row, note=said["note"]),
        says=_("Readers no longer see it. Its writer sees it with a note that it was put away. It can be shown again."),
        done=_("put away"),
        moves_to="hidden",
        form=Reason,
    )
    show = deed(
        _("Show again"),
        lambda actor, row, said: comments.show(actor, row),
        says=_("Readers see it again under the post."),
        done=_("shown again"),
        moves_to="shown",
    )

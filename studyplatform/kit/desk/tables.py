"""Tables on the desk: looked at by who may view them, changed only by verbs, for who may change them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from studyplatform.kit import moments
from studyplatform.kit.models import Change


class Table(ModelAdmin):
    """Rows are looked at here and changed only by verbs."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_filter_sheet = False
    actions_on_top = True
    change_form_outer_before_template = "desk/deeds.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether the reader may run verbs on these rows: the right Django calls change."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Offer what can be done with this row on its own page too."""
        deeds = [(name, words) for name, words in self.get_action_choices(request, []) if name]
        listed = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return super().render_change_form(request, {**context, "deeds": deeds, "listed": listed}, *args, **kwargs)

    @admin.display(description=_("what happened"))
    def changes(self, row: Any) -> SafeString:
        """Who moved the row from where to where, when, newest first."""
        found = Change.objects.filter(subject_type=row._meta.label_lower, subject_id=str(row.pk))
        words = dict(row._meta.get_field("state").flatchoices) if hasattr(row, "state") else {}
        lines = (
            (moments.moment(one.at), words.get(one.to_state, one.to_state), one.actor or "–", one.note)
            for one in found.select_related("actor__profile").order_by("-at", "-pk")[:50]
        )
        return format_html_join("", "<div>{} · {} · {} {}</div>", lines) or format_html("–")


class Lines(TabularInline):
    """Rows below another row, to look at."""

    extra = 0
    can_delete = False
    tab = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

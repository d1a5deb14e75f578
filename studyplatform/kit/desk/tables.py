"""Tables on the desk: looked at by who may view them, changed only by verbs, for who may change them."""

from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from studyplatform.kit import moments
from studyplatform.kit.desk.deeds import page_of
from studyplatform.kit.desk.exports import export
from studyplatform.kit.models import Change

Ways = tuple[tuple[str | Promise, str, str], ...]


class Table(ModelAdmin):
    """Rows are looked at here and changed only by verbs.

    `ways` lead from a row's page to the rows of other tables that belong to it: the words, the table
    ("payments.payment"), the lookup its list is narrowed by ("buyer").
    """

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_filter_sheet = False
    actions_on_top = True
    change_form_outer_before_template = "desk/deeds.html"
    list_before_template = "desk/list.html"
    may_export = True
    ways: ClassVar[Ways] = ()
    offered: ClassVar[
        dict[str, tuple[str, ...]]
    ] = {}  # deeds that move to no state: in which ones a row's page has them
    happened: ClassVar[dict[str, str | Promise]] = {}  # what changes that are no states are called
    handled_by: ClassVar[str] = ""  # the right that verbs with permission="handle" need
    narrowed_by: ClassVar[tuple[str, ...]] = ()  # lookups over other tables that ways of theirs use

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        known = lookup.removesuffix("__id__exact") in self.narrowed_by
        return known or super().lookup_allowed(lookup, value, request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether the reader may run verbs on these rows: the right Django calls change."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def has_handle_permission(self, request: HttpRequest) -> bool:
        """Whether the reader may run the verbs that need the right `handled_by` names."""
        return request.user.has_perm(self.handled_by)

    def get_urls(self) -> list[URLPattern]:
        if not self.may_export:
            return super().get_urls()  # type: ignore[no-any-return]
        view = self.admin_site.admin_view(partial(export, self))
        return [path("export/", view, name=self._name("export")), *super().get_urls()]

    @property
    def export_path(self) -> str:
        """Where the list is downloaded."""
        return reverse(f"admin:{self._name('export')}")

    def named(self, row: Any) -> str:
        """Return what a row is called, to people."""
        return str(row)

    def _name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Do what was chosen with what is ticked. Raises Http404 for a tick that no row can have."""
        try:
            for ticked in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.to_python(ticked)
        except ValidationError:
            raise Http404 from None
        return super().response_action(request, queryset)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Offer what can be done with this row on its own page too, and the ways to what belongs to it."""
        row = context.get("original")
        request.desk_name = self.named(row) if row else ""  # type: ignore[attr-defined]  # read by the trail on top
        choices = [(name, words) for name, words in self.get_action_choices(request, []) if name]
        more = {
            "deeds": [(name, words) for name, words in choices if row and self._can(row, name)],
            "listed": reverse(f"admin:{self._name('changelist')}"),
            "ways": list(self._ways(request, row)) if row else [],
            "subtitle": self.named(row) if row else None,
        }
        return super().render_change_form(request, {**context, **more}, *args, **kwargs)

    def _can(self, row: Any, name: str) -> bool:
        """Whether a deed fits the row as it stands: it is offered there, or the state it moves to can be reached."""
        if name in self.offered:
            return row.state in self.offered[name]
        to = getattr(getattr(self, name, None), "moves_to", "")
        return not to or to in row.MOVES.get(row.state, ())

    def _ways(self, request: HttpRequest, row: Any) -> Iterator[tuple[str | Promise, str]]:
        for words, table, lookup in self.ways:
            app, name = table.split(".")
            if request.user.has_perm(f"{app}.view_{name}"):
                yield words, f"{reverse(f'admin:{app}_{name}_changelist')}?{lookup}__id__exact={row.pk}"

    @admin.display(description=_("what happened"))
    def changes(self, row: Any) -> SafeString | str:
        """Who moved the row from where to where, when, newest first."""
        found = Change.objects.filter(subject_type=row._meta.label_lower, subject_id=str(row.pk))
        states = dict(row._meta.get_field("state").flatchoices) if hasattr(row, "state") else {}
        words = {**states, **self.happened}
        lines = (
            (moments.moment(one.at), words.get(one.to_state, one.to_state), one.actor or "–", one.note)
            for one in found.select_related("actor__profile").order_by("-at", "-pk")[:50]
        )
        return format_html_join("", "<div>{} · {} · {} {}</div>", lines) or "–"


def linked(row: Any, words: Any = None) -> SafeString | str:
    """Return a row's name as the way to its page; a dash for no row."""
    return format_html('<a class="desk-link" href="{}">{}</a>', page_of(row), words or row) if row else "–"


class Lines(TabularInline):
    """Rows below another row, to look at by who may look at that one."""

    extra = 0
    can_delete = False
    tab = False

    hide_title = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

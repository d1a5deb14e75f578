"""A filter over what waits for a person: the very rows a line of the desk's front page counts."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Find = Callable[[], QuerySet[Any]]


def waits(**kinds: tuple[str | Promise, Find]) -> type[admin.SimpleListFilter]:
    """Return a filter with a choice for each kind: its words, and what finds its rows."""

    class Waits(admin.SimpleListFilter):
        title = _("what waits")
        parameter_name = "waits"

        def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
            return [(name, words) for name, (words, _find) in kinds.items()]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            kind = kinds.get(self.value() or "")
            return queryset.filter(pk__in=kind[1]().order_by().values("pk")) if kind else queryset

    return Waits

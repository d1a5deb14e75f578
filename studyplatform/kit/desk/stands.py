"""A filter over rows of a queue: what waits, what went wrong, what is done."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class Stands(admin.SimpleListFilter):
    """How a queued row stands."""

    title = _("how it stands")
    parameter_name = "stands"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("waiting", _("waiting")), ("failed", _("went wrong")), ("done", _("done"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "waiting":
            return queryset.filter(done_at=None)
        if self.value() == "failed":
            return queryset.exclude(error="")
        return queryset.filter(done_at__isnull=False, error="") if self.value() == "done" else queryset

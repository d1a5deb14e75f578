"""The list one looks at as a table to download: the same rows, the same columns."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import display_for_field, label_for_field, lookup_field
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import strip_tags

from studyplatform.kit import csv_export

MOST = 10_000  # rows of one table


def export(table: Any, request: HttpRequest) -> HttpResponse:
    """Return the rows of a list as it is filtered, searched and sorted, in the columns it shows."""
    if not table.has_view_permission(request):
        raise PermissionDenied
    try:
        rows = table.get_changelist_instance(request).get_queryset(request)
    except IncorrectLookupParameters:
        return redirect(f"admin:{table.opts.app_label}_{table.opts.model_name}_changelist")
    names = [name for name in table.list_display if name != "action_checkbox"]
    header = [label_for_field(name, table.model, table) for name in names]
    name = f"{table.opts.verbose_name_plural} {timezone.localdate():%Y-%m-%d}"
    return csv_export.response(name, header, _lines(table, rows, names))


def _lines(table: Any, rows: Any, names: list[str]) -> Iterator[list[str]]:
    for row in rows[:MOST]:
        yield [_cell(table, row, name) for name in names]


def _cell(table: Any, row: Any, name: str) -> str:
    field, _attribute, value = lookup_field(name, row, table)
    if field is None:
        return strip_tags(str(value)) if hasattr(value, "__html__") else str(value)
    if field.choices:
        value = dict(field.flatchoices).get(value, value)
        return str(value)
    if field.remote_field:
        return str(getattr(row, field.name) or "")
    return "" if value is None else str(display_for_field(value, field, ""))

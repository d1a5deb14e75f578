"""A verb's refusal stands beside the field it is about."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms

from studyplatform.kit.errors import Refused

Row = TypeVar("Row")


def attempt(form: forms.BaseForm, verb: Callable[..., Row], *args: Any) -> Row | None:
    """Call a verb with the form's values; None when the form or the verb refused, with the sentence in the form."""
    if not form.is_valid():
        return None
    try:
        return verb(*args, **values(form))
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return None


def values(form: Any) -> dict[str, Any]:
    """Return what a verb gets: the form's own `plan()`, else its cleaned values."""
    found: dict[str, Any] = form.plan() if hasattr(form, "plan") else form.cleaned_data
    return found

"""Words in several lines."""

from typing import Any

from django import forms


class Words(forms.Textarea):
    """A new line is one character, as the browser counts it: it sends two, and would let nobody write the last ones."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return what was written."""
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value

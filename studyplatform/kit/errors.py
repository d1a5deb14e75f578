"""What a verb raises when it will not do what was asked, and a scope when something is to be done first."""

from collections.abc import Callable
from typing import ParamSpec

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

P = ParamSpec("P")


class Refused(Exception):
    """A sentence for the person who asked, and the form field it belongs to, if any.

    `code` lets a caller tell refusals apart without reading their words.
    """

    def __init__(self, sentence: str | Promise, *, field: str | None = None, code: str = "refused") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.code = code

    def __str__(self) -> str:
        return str(self.sentence)


def why_not(check: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> str:
    """Return the sentence a check refuses with, or ""."""
    try:
        check(*args, **kwargs)
    except Refused as refused:
        return str(refused)
    return ""


class FirstThis(PermissionDenied):
    """What was asked for opens once a person has done something on a page of their own.

    `page` is the path of that page; `code` lets a program tell what it is about.
    """

    def __init__(self, sentence: str | Promise, *, page: str, code: str) -> None:
        super().__init__(sentence)
        self.page = page
        self.code = code


def refuse_longer(words: str, most: int, *, field: str) -> None:
    """Raise Refused when words are longer than they may be, as a form's own check says it."""
    if len(words) > most:
        sentence = _("At most %(limit_value)d characters. Yours has %(show_value)d.")
        raise Refused(sentence % {"limit_value": most, "show_value": len(words)}, field=field, code="too_long")

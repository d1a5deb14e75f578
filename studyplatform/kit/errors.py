"""The one error a verb raises when it will not do what was asked."""

from django.utils.functional import Promise


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

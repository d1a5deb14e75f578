"""The world's clock. History is made by the same verbs as everything else; only what they take for now is set back."""

import datetime
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from django.apps import apps
from django.utils import timezone


class Clock:
    """Stands at `moment` until somebody sets it."""

    def __init__(self, moment: datetime.datetime) -> None:
        self.moment = moment

    def now(self) -> datetime.datetime:
        """Return the moment, in place of `django.utils.timezone.now`."""
        return self.moment


@contextmanager
def standing_at(moment: datetime.datetime) -> Iterator[Clock]:
    """Let this process take a clock's moment for now: in `timezone.now()` and in columns that default to it.

    Verbs ask `timezone.now()` and nothing else, so they and their rows agree. Of the product's processes only the one
    that makes the world ever does this, before the others start.
    """
    clock, real = Clock(moment), timezone.now
    columns = [column for model in apps.get_models() for column in model._meta.local_fields if column.default is real]
    with ExitStack() as stack:
        stack.enter_context(patch.object(timezone, "now", clock.now))
        for column in columns:
            stack.enter_context(patch.dict(vars(column), {"_get_default": clock.now}))
        yield clock

"""News: what the people of a row are to be told, some at a time (cohorts/services/news.py)."""

from django.db import models
from django.db.models import Q


class News(models.Model):
    """A row with people who are told what becomes of it. `news_at` is empty once all of them were."""

    news_at = models.DateTimeField(null=True, blank=True, editable=False)  # since when somebody is still to be told
    told_to = models.BigIntegerField(null=True, blank=True, editable=False)  # the last person told, by their number

    class Meta:
        abstract = True


def news_index(name: str) -> models.Index:
    """Return the partial index of rows with somebody to tell."""
    return models.Index(fields=["news_at"], condition=Q(news_at__isnull=False), name=name)

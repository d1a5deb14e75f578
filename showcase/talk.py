"""What is said under a post, as threads: a comment, then its answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet, Window
from django.db.models.functions import Coalesce
from django.utils.safestring import SafeString

from cohorts.policies import Reader
from showcase import sanitise
from showcase.models import CaseStudy, Comment

NEWEST = 50  # under a post; its page of comments holds as many each time
WHOSE = ("author__profile", "answers__author__profile")


@dataclass(frozen=True)
class Said:
    """A comment as it is read. One that is not shown any more keeps its place above its answers, without its words."""

    comment: Comment
    answers: list["Said"] = field(default_factory=list)

    @property
    def html(self) -> SafeString:
        """The words with their paragraphs and links."""
        return sanitise.plain(self.comment.text)


@dataclass(frozen=True)
class Talk:
    """The newest comments of a post, and how many there are in all."""

    threads: list[Said]
    newest: Sequence[Comment]
    count: int

    @property
    def more(self) -> bool:
        """Whether there are more than these."""
        return self.count > len(self.newest)


def newest(post: CaseStudy) -> Talk:
    """Return what stands under a post, in one query."""
    shown = Comment.objects.filter(case_study=post, state=Comment.State.SHOWN).select_related(*WHOSE)
    rows = list(shown.annotate(count=Window(Count("pk"))).order_by("-at", "-pk")[:NEWEST])
    return Talk(_threads(rows), rows, rows[0].count if rows else 0)


def seen_by(user: Reader, post: CaseStudy) -> QuerySet[Comment]:
    """Return all comments of a post, thread after thread: those shown, and one's own that was put away."""
    own = Q(author=user.pk, state=Comment.State.HIDDEN) if user.is_authenticated else Q(pk=None)
    rows = Comment.objects.filter(Q(state=Comment.State.SHOWN) | own, case_study=post).select_related(*WHOSE)
    return rows.order_by(Coalesce("answers__at", "at"), Coalesce("answers", "pk"), "at", "pk")


def page_of(rows: QuerySet[Comment], number: str | None, beside: str = "") -> tuple[Page[Comment], list[Said]]:
    """Return one page of all comments and its threads; `beside` is a comment's public id, whose page is taken."""
    ids = list(rows.values_list("public_id", flat=True)) if beside else []
    page = Paginator(rows, NEWEST).get_page(ids.index(beside) // NEWEST + 1 if beside in ids else number)
    return page, _threads(page)


def _threads(rows: Iterable[Comment]) -> list[Said]:
    """Put answers under what they answer; the first of a thread stands there even when only an answer was given."""
    threads: dict[int, Said] = {}
    for row in sorted(rows, key=_when):
        first = row.answers or row
        thread = threads.setdefault(first.pk, Said(first))
        if row.answers:
            thread.answers.append(Said(row))
    return sorted(threads.values(), key=lambda said: _when(said.comment))


def _when(row: Comment) -> tuple[object, int]:
    return row.at, row.pk

"""Case studies: begun, saved, published, changed, taken back, removed. Lock order: case study, presentation.

A save never overwrites what another window wrote: it names the version it began from, and the window and number
of the save, so that one repeated after a lost answer is known again. Readers see changes only by `publish` and
`update`; edits of a published post wait in `pending`.
"""

import dataclasses
import re

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Presentation
from cohorts.services import contributions, presentations
from showcase import finding, sanitise
from showcase.content import Content, content_of
from showcase.models import CaseStudy, Picture
from studyplatform.accounts.models import User
from studyplatform.kit import history, page_cache
from studyplatform.kit.errors import Refused

STAMP = re.compile(r"[a-z0-9]{1,16}:[0-9]{1,9}")


class Conflict(Refused):
    """Another window saved this post since; `row` is what stands there now."""

    def __init__(self, row: CaseStudy) -> None:
        super().__init__(_("This post was changed in another window since you opened it."), code="changed")
        self.row = row


@transaction.atomic
def start(
    author: User, content: Content, *, public_id: str = "", stamp: str = "", parent: CaseStudy | None = None
) -> CaseStudy:
    """Begin a draft and return it; `parent` makes it a remix that keeps the parent's credit. Raises Refused."""
    post = CaseStudy(author=author, parent=parent, credit=credit_of(parent) if parent else "", saved_in=_stamp(stamp))
    if public_id:
        post.public_id = public_id
    _refuse_if_turn_is_taken(post, content)
    _write(post, content)
    post.save()
    history.record(post, "", post.state, author)
    return post


def credit_of(post: CaseStudy) -> str:
    """Return the line of credit a remix keeps even when its parent is gone; it names only titles that are public."""
    return f"{post.author.name}, {post.title}"[:200] if post.is_public else post.author.name


@transaction.atomic
def save(post: CaseStudy, content: Content, *, version: int, stamp: str = "") -> CaseStudy:
    """Keep what the author wrote and return the row. Readers of a published post see nothing of it yet.

    `version` is the one the author began from; `stamp` is "<window>:<n>", n growing within a window. Raises Conflict.
    """
    row = _lock(post)
    if _already_saved(row, stamp):
        return row
    if row.version != version and not _same_window(row, stamp):
        raise Conflict(row)
    row.saved_in = _stamp(stamp)
    _keep(row, dataclasses.replace(content, html=sanitise.from_text(content.html)))
    row.save()
    return row


def _keep(row: CaseStudy, content: Content) -> None:
    if content == content_of(row):
        return
    _refuse_if_turn_is_taken(row, content)
    row.version += 1
    if row.state == CaseStudy.State.DRAFT:
        _write(row, content)
    else:
        row.pending = dataclasses.asdict(content)


def _lock(post: CaseStudy) -> CaseStudy:
    return CaseStudy.objects.select_for_update(of=("self",)).get(pk=post.pk)


def _stamp(stamp: str) -> str:
    return stamp if STAMP.fullmatch(stamp) else ""


def _same_window(row: CaseStudy, stamp: str) -> bool:
    return bool(_stamp(stamp)) and row.saved_in.partition(":")[0] == stamp.partition(":")[0]


def _already_saved(row: CaseStudy, stamp: str) -> bool:
    """A save that came twice, or late behind a newer one of the same window."""
    return _same_window(row, stamp) and int(stamp.partition(":")[2]) <= int(row.saved_in.partition(":")[2])


def _write(row: CaseStudy, content: Content) -> None:
    for name, value in dataclasses.asdict(content).items():
        setattr(row, name, value)
    row.html = sanitise.from_text(content.html)
    row.indexed = finding.worth_finding(content)


@transaction.atomic
def append_picture(post: CaseStudy, picture: Picture) -> CaseStudy:
    """Put a picture at the end of what the author is writing, for browsers without script."""
    row = _lock(post)
    shown = sanitise.figure(picture.public_id, picture.alt, picture.width, picture.height)
    _keep(row, dataclasses.replace(content_of(row), html=content_of(row).html + shown))
    row.save()
    return row


def show_pending(post: CaseStudy) -> None:
    """Lay the pending edits over a post in memory, to look at them; nothing is stored."""
    _write(post, content_of(post))


@transaction.atomic
def publish(post: CaseStudy, actor: User) -> CaseStudy:
    """Bring a draft out: readers see it, its turn is ready, it counts. Publishing what is out already is update.

    Raises Refused with field "title", "html", "visibility" or "place".
    """
    row = _lock(post)
    if row.state == CaseStudy.State.PUBLISHED:
        return update(row, actor)
    if row.state == CaseStudy.State.HIDDEN and not actor.is_staff:
        raise Refused(_("This post was taken out of sight. Write to us to talk about it."), code="hidden")
    _refuse_unless_complete(row, content_of(row))
    now = timezone.now()
    edited = now if row.published_at else None
    history.move(row, CaseStudy.State.PUBLISHED, actor, published_at=row.published_at or now, edited_at=edited)
    _count(row, actor)
    refresh(row)
    return row


@transaction.atomic
def update(post: CaseStudy, actor: User) -> CaseStudy:
    """Show the pending edits of a published post to its readers. Raises Refused as `publish` does."""
    row = _lock(post)
    if not row.pending:
        return row
    content = content_of(row)
    _refuse_unless_complete(row, content)
    refresh(row)
    _uncount(row, actor)
    _write(row, content)
    row.pending, row.edited_at, row.version = None, timezone.now(), row.version + 1
    row.save()
    if row.state == CaseStudy.State.PUBLISHED:
        _count(row, actor)
    history.record(row, row.state, row.state, actor, note="updated")
    refresh(row)
    return row


@transaction.atomic
def discard(post: CaseStudy) -> CaseStudy:
    """Forget the pending edits of a published post."""
    row = _lock(post)
    if row.pending:
        row.pending, row.version, row.saved_in = None, row.version + 1, ""
        row.save(update_fields=["pending", "version", "saved_in", "saved_at"])
    return row


@transaction.atomic
def unpublish(post: CaseStudy, actor: User) -> CaseStudy:
    """Take a post back to a draft, its pending edits with it; its turn waits again and it does not count."""
    row = _lock(post)
    if row.state != CaseStudy.State.PUBLISHED:
        raise Refused(_("This post is not out, so it cannot be taken back."), code="not_out")
    refresh(row)
    _uncount(row, actor)
    if row.pending:
        _write(row, content_of(row))
    row.pending, row.version = None, row.version + 1
    row.save()
    history.move(row, CaseStudy.State.DRAFT, actor)
    return row


@transaction.atomic
def remove(post: CaseStudy, actor: User, *, note: str = "") -> CaseStudy:
    """Remove a post for good; its address says that it is gone, remixes keep its credit."""
    row = _lock(post)
    if row.state == CaseStudy.State.REMOVED:
        return row
    refresh(row)
    _uncount(row, actor)
    history.move(row, CaseStudy.State.REMOVED, actor, note=note, presentation=None, pending=None)
    return row


@transaction.atomic
def hide(post: CaseStudy, actor: User, *, note: str = "") -> CaseStudy:
    """Take a published post out of sight, for the people who run the platform; `publish` shows it again."""
    row = _lock(post)
    if row.state != CaseStudy.State.PUBLISHED:
        raise Refused(_("This post is not out, so it cannot be taken back."), code="not_out")
    refresh(row)
    _uncount(row, actor)
    history.move(row, CaseStudy.State.HIDDEN, actor, note=note)
    return row


@transaction.atomic
def show(post: CaseStudy, actor: User) -> CaseStudy:
    """Show a hidden post to its readers again. Raises Refused for any other, and as `publish` does."""
    row = _lock(post)
    if row.state != CaseStudy.State.HIDDEN:
        raise Refused(_("This post is not hidden."), code="not_hidden")
    return publish(row, actor)


def _refuse_unless_complete(row: CaseStudy, content: Content) -> None:
    if not content.title.strip():
        raise Refused(_("Give it a title, so that people can find it."), field="title")
    if not sanitise.words(content.html):
        raise Refused(_("Write a few lines about what you did before publishing."), field="html")
    if content.visibility == CaseStudy.Visibility.COHORT and not content.enrollment_id:
        words = _("Choose the cohort that may read it, or let everybody read it.")
        raise Refused(words, field="place", code="no_cohort")
    _refuse_if_turn_is_taken(row, content)


def _refuse_if_turn_is_taken(row: CaseStudy, content: Content) -> None:
    if not content.presentation_id:
        return
    if CaseStudy.objects.filter(presentation=content.presentation_id).exclude(pk=row.pk).exists():
        raise Refused(_("Another post of yours is for this turn already."), field="place")
    if Presentation.objects.filter(pk=content.presentation_id, state=Presentation.State.PASSED).exists():
        raise Refused(_("You passed this turn on. Choose another one, or none."), field="place")


def _count(row: CaseStudy, actor: User) -> None:
    """The post is out: it counts for its enrollment and its turn is ready."""
    if row.enrollment:
        contributions.add(row.enrollment, contributions.POST, f"post:{row.public_id}")
    if row.presentation:
        presentations.make_ready(row.presentation, actor)


def _uncount(row: CaseStudy, actor: User) -> None:
    if row.enrollment:
        contributions.void(row.enrollment, contributions.POST, f"post:{row.public_id}")
    if row.presentation:
        presentations.make_unready(row.presentation, actor)


def refresh(row: CaseStudy) -> None:
    """Make every kept page that shows the post old: its own, lists, its study's, its cohort's."""
    names = ["lists", f"post:{row.public_id}", f"person:{row.author.handle}"]
    if row.enrollment:
        cohort: Cohort = row.enrollment.cohort
        names += [f"study:{cohort.study.slug}", f"cohort:{cohort.study.slug}:{cohort.number}"]
    page_cache.bump(*names)

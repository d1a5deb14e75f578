"""Comments: written, taken back, put away, shown again. Lock order: case study, comment."""

import datetime
import re

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from showcase import letters
from showcase.models import CaseStudy, Comment
from showcase.policies import discussed_by
from studyplatform.accounts.models import User
from studyplatform.accounts.policies import has_confirmed_address
from studyplatform.kit import history, page_cache
from studyplatform.kit.errors import Refused, refuse_longer

TWICE = datetime.timedelta(minutes=1)  # the same words again within it are the same comment


@transaction.atomic
def write(author: User, case_study: CaseStudy, text: str, *, answers: Comment | None = None) -> Comment:
    """Put a comment under a post, or under another comment there, and return it; sent twice, it is written once.

    An answer to an answer joins the same thread. Raises Refused with field "text", or code "unconfirmed",
    "not_yours" or "gone".
    """
    words = _tidy(text)
    _lock(case_study)
    _refuse_unless_welcome(author, case_study)
    asked = _lock_shown(case_study, answers) if answers else None
    thread = asked.answers or asked if asked else None
    said_before = Comment.objects.filter(
        case_study=case_study, author=author, answers=thread, text=words, state=Comment.State.SHOWN
    )
    known = said_before.filter(at__gt=timezone.now() - TWICE).first()
    if known:
        return known
    row = Comment.objects.create(case_study=case_study, author=author, answers=thread, text=words)
    history.record(row, "", row.state, author)
    letters.said(row, asked)
    _refresh(row)
    return row


@transaction.atomic
def remove(actor: User, comment: Comment, *, note: str = "") -> Comment:
    """Take one's own comment back, or put away another's under one's own post or at the desk; again changes nothing.

    Raises Refused with code "not_yours".
    """
    row = _lock_comment(comment)
    if actor.pk != row.author_id and actor.pk != row.case_study.author_id and not actor.is_staff:
        raise Refused(_("Only its writer and the author of the post can remove a comment."), code="not_yours")
    to = Comment.State.TAKEN_BACK if actor.pk == row.author_id else Comment.State.HIDDEN
    if row.state == Comment.State.SHOWN:
        history.move(row, to, actor, note=note)
        letters.unsaid(row)
        _refresh(row)
    return row


@transaction.atomic
def show(actor: User, comment: Comment) -> Comment:
    """Show a comment again that was put away, for the people who run the platform. Raises Refused for any other."""
    row = _lock_comment(comment)
    if row.state != Comment.State.HIDDEN:
        raise Refused(_("This comment was not put away."), code="not_hidden")
    history.move(row, Comment.State.SHOWN, actor)
    _refresh(row)
    return row


def _tidy(text: str) -> str:
    """Return the words with their paragraphs and without what nobody sees; Refused when nothing or too much is left."""
    words = re.sub(r"\n{3,}", "\n\n", text.replace("\r\n", "\n").replace("\x00", "").strip())
    if not any(letter.isprintable() and not letter.isspace() for letter in words):
        raise Refused(_("Write a word or two first."), field="text", code="empty")
    refuse_longer(words, Comment.LONGEST, field="text")
    return words


def _lock(case_study: CaseStudy) -> None:
    """Hold the post, so that it cannot go away meanwhile, and a comment sent twice waits for itself."""
    CaseStudy.objects.select_for_update(of=("self",), no_key=True).get(pk=case_study.pk)


def _refuse_unless_welcome(author: User, case_study: CaseStudy) -> None:
    if not has_confirmed_address(author):
        raise Refused(_("Confirm your e-mail address first, so that answers reach you."), code="unconfirmed")
    if not discussed_by(author).filter(pk=case_study.pk).exists():
        raise Refused(_("This post is not open for comments."), code="not_yours")


def _lock_shown(case_study: CaseStudy, comment: Comment) -> Comment:
    rows = Comment.objects.select_for_update(of=("self",)).filter(case_study=case_study, state=Comment.State.SHOWN)
    row = rows.select_related("answers", "author__profile").filter(pk=comment.pk).first()
    if row is None:
        raise Refused(_("The comment you answer is not there any more."), field="text", code="gone")
    return row


def _lock_comment(comment: Comment) -> Comment:
    _lock(comment.case_study)
    return Comment.objects.select_for_update(of=("self",)).select_related("case_study").get(pk=comment.pk)


def _refresh(row: Comment) -> None:
    page_cache.bump(f"post:{row.case_study.public_id}")

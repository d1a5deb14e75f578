"""Letters about case studies: one function each, stored in the transaction of the verb that causes it."""

from typing import Any

from showcase.models import Comment
from studyplatform.accounts.models import User
from studyplatform.kit.seo import absolute
from studyplatform.mail.services.letters import withdraw, write


def said(comment: Comment, answered: Comment | None) -> None:
    """Tell whose comment was answered, and whose post it is about; once each, and nobody of their own words."""
    post = comment.case_study
    if answered and answered.author_id != comment.author_id:
        _to(answered.author, "answer", comment)
    told = {comment.author_id, answered.author_id if answered else None}
    if post.author_id not in told:
        _to(post.author, "comment", comment)


def unsaid(comment: Comment) -> None:
    """Take back what was not sent yet of a comment that is gone."""
    withdraw(_about(comment))


def _to(person: User, kind: str, comment: Comment) -> None:
    context: dict[str, Any] = {
        "comment": comment,
        "post": comment.case_study,
        "page": absolute(comment.get_absolute_url()),
    }
    write(
        to=person,
        kind=kind,
        key=f"{kind}:{comment.pk}",
        template=f"showcase/{kind}",
        context=context,
        about=_about(comment),
    )


def _about(comment: Comment) -> str:
    return f"comment:{comment.pk}"

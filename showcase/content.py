"""What an author fills in: what the form hands over, a draft's columns, the pending edits of a published post."""

import dataclasses
from typing import Any

from showcase.models import CaseStudy


@dataclasses.dataclass
class Content:
    """What an author fills in. Links are primary keys, checked by the form to be the author's own."""

    title: str = ""
    summary: str = ""
    html: str = ""
    language: str = "ko"
    field: str = "automation"
    visibility: str = CaseStudy.Visibility.PUBLIC.value
    kept_from_search: bool = False
    recipe: dict[str, Any] = dataclasses.field(default_factory=dict)
    enrollment_id: int | None = None
    presentation_id: int | None = None
    cover_id: int | None = None


def content_of(post: CaseStudy) -> Content:
    """Return what the editor shows: the pending edits of a published post, else the post itself."""
    names = Content.__dataclass_fields__
    if post.pending:
        return Content(**{name: value for name, value in post.pending.items() if name in names})
    return Content(**{name: getattr(post, name) for name in names})

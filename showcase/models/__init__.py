from showcase.models.case_study import CaseStudy
from showcase.models.comment import Comment
from showcase.models.picture import Picture

__all__ = ["CaseStudy", "Comment", "Picture"]

"""Case studies: reading them, writing them, being found."""

from django.urls import path, register_converter

from showcase.api.case_studies import CaseStudies, OneCaseStudy
from showcase.api.writing import MyCaseStudies, MyCaseStudy, Pictures, Publication
from showcase.views.case_study import case_study, short
from showcase.views.cohort_cases import cohort_case, cohort_cases
from showcase.views.comments import comment_form, comment_remove, comments
from showcase.views.my_posts import my_posts
from showcase.views.pictures import cover, picture, social_case, upload
from showcase.views.showcase import feed, showcase
from showcase.views.write import draft, edit, preview, remix, write


class PublicId:
    """A public id, exactly, so that the readable part after it may hold anything."""

    regex = "[2-9a-z]{10}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PublicId, "public_id")

site_pages = [path("showcase/", showcase, name="showcase")]

urlpatterns = [
    path("showcase/new/", write, name="write"),
    path("showcase/<public_id:public_id>/", short, name="case_short"),
    path("showcase/<public_id:public_id>/edit/", edit, name="case_edit"),
    path("showcase/<public_id:public_id>/draft/", draft, name="case_draft"),
    path("showcase/<public_id:public_id>/pictures/", upload, name="case_pictures"),
    path("showcase/<public_id:public_id>/preview/", preview, name="case_preview"),
    path("showcase/<public_id:public_id>/remix/", remix, name="case_remix"),
    path("showcase/<public_id:public_id>/comments/", comments, name="comments"),
    path("showcase/<public_id:public_id>/comments/<public_id:comment>/remove/", comment_remove, name="comment_remove"),
    path("fragments/comments/<public_id:public_id>/", comment_form, name="comment_form"),
    path("showcase/<public_id:public_id>-<str:slug>/", case_study, name="case_study"),
    path("pictures/<public_id:public_id>.webp", picture, name="picture"),
    path("covers/<public_id:public_id>.svg", cover, name="cover"),
    path("social/cases/<public_id:public_id>.png", social_case, name="social_case"),
    path("feed.xml", feed, name="feed"),
    path("showcase/feed.xml", feed, name="showcase_feed"),
    path("c/<slug:slug>/<int:number>/cases/", cohort_cases, name="cases"),
    path("c/<slug:slug>/<int:number>/cases/<public_id:public_id>/", cohort_case, name="cohort_case"),
    path("home/posts/", my_posts, name="my_posts"),
    path("api/v1/case-studies/", CaseStudies.as_view(), name="api_case_studies"),
    path("api/v1/case-studies/<public_id:public_id>/", OneCaseStudy.as_view(), name="api_case_study"),
    path("api/v1/me/case-studies/", MyCaseStudies.as_view(), name="api_my_cases"),
    path("api/v1/me/case-studies/<public_id:public_id>/", MyCaseStudy.as_view(), name="api_my_case"),
    path("api/v1/me/case-studies/<public_id:public_id>/publication/", Publication.as_view(), name="api_publication"),
    path("api/v1/me/case-studies/<public_id:public_id>/pictures/", Pictures.as_view(), name="api_pictures"),
]

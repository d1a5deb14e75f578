"""One's own case studies: drafts begun and saved, published, taken back, removed; pictures for them."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from cohorts.models import Enrollment, Presentation
from cohorts.policies import refuse_without_a_yes
from showcase.api.written import (
    WORDS,
    ChangeSerializer,
    NewSerializer,
    PictureSerializer,
    StoredPictureSerializer,
    WrittenSerializer,
)
from showcase.content import Content, content_of
from showcase.forms.case_study import LINES, CaseStudyForm, fresh_content, initial_of
from showcase.models import CaseStudy
from showcase.policies import case_studies_seen_by, edited_by
from showcase.services import case_studies, pictures
from showcase.services.case_studies import Conflict
from studyplatform.accounts.models import User
from studyplatform.kit.api import Endpoint, Nothing
from studyplatform.kit.errors import Refused
from studyplatform.kit.problems import problem


class WrittenQuery(serializers.Serializer):
    """Which of one's posts are asked for."""

    state = serializers.ChoiceField(CaseStudy.State.choices, required=False)


class Writing(Endpoint):
    """What only the author does, sixty times a minute at most."""

    serializer_class: Any = WrittenSerializer
    answers: ClassVar[dict[str, Any]] = dict.fromkeys(("POST", "PATCH"), WrittenSerializer)
    most: ClassVar[dict[str, tuple[str, int]]] = dict.fromkeys(("POST", "PATCH", "DELETE"), ("writing", 60))

    def get_queryset(self) -> Any:
        return edited_by(self.request.user).select_related("enrollment", "presentation__session", "parent")

    def own(self, public_id: str) -> CaseStudy:
        """Return a post of the token's person, or 404."""
        return get_object_or_404(self.get_queryset(), public_id=public_id)  # type: ignore[no-any-return]

    def handle_exception(self, exc: Exception) -> Response:
        """Name the field that was sent: the page asks for turn or cohort in one, here they are two."""
        if isinstance(exc, Refused) and exc.field == "place":
            exc.field = "enrollment" if exc.code == "no_cohort" else "session"
        return super().handle_exception(exc)

    def answer(self, post: CaseStudy, status: int = 200) -> Response:
        """Answer with a post as it stands now."""
        return Response(WrittenSerializer(self.own(post.public_id)).data, status=status)


class MyCaseStudies(ListModelMixin, Writing):
    """One's case studies."""

    scopes: ClassVar[dict[str, str]] = {"GET": "read", "POST": "write"}
    query = WrittenQuery
    order = ("-created_at", "-pk")

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(**self.asked)

    def get_serializer_class(self) -> Any:
        """Take what a draft begins with, show what a post is."""
        return NewSerializer if self.request.method == "POST" else WrittenSerializer

    def get(self, request: Request) -> Response:
        """One's case studies in every state, the newest first."""
        return self.list(request)

    def post(self, request: Request) -> Response:
        """Begin a draft."""
        sent = self.sent()
        parent = _parent(request.user, sent.pop("remix_of", None))
        post = CaseStudy(author=request.user, parent=parent)
        content = _content(post, sent, fresh_content(request.user, post))
        begun = case_studies.start(request.user, content, parent=parent)
        return self.answer(begun, 201)


class MyCaseStudy(Writing):
    """A case study of one's own."""

    scopes: ClassVar[dict[str, str]] = {"GET": "read", "PATCH": "write", "DELETE": "write"}

    def get_serializer_class(self) -> Any:
        """Take a change, show what a post is."""
        return ChangeSerializer if self.request.method == "PATCH" else WrittenSerializer

    def get(self, request: Request, public_id: str) -> Response:
        """A case study of one's own, with what is saved and not shown yet."""
        return self.answer(self.own(public_id))

    def patch(self, request: Request, public_id: str) -> Response:
        """Save. Readers of a published post see nothing of it until it is published again.

        When it was saved elsewhere since `version`, the answer is 409 with the post as it stands, in `current`.
        """
        post = self.own(public_id)
        sent = self.sent()
        version = sent.pop("version")
        try:
            saved = case_studies.save(post, _content(post, sent, content_of(post)), version=version)
        except Conflict as conflict:
            current = WrittenSerializer(self.own(conflict.row.public_id)).data
            return problem(409, conflict, code=conflict.code, current=current)
        return self.answer(saved)

    def delete(self, request: Request, public_id: str) -> Response:
        """Remove it for good; remixes of it keep its credit."""
        case_studies.remove(self.own(public_id), request.user)
        return Response(status=204)


class Publication(Writing):
    """Whether readers see a case study."""

    scopes: ClassVar[dict[str, str]] = {"POST": "write", "DELETE": "write"}
    serializer_class = Nothing

    def post(self, request: Request, public_id: str) -> Response:
        """Publish a draft, or show readers what was saved since. The body is empty."""
        return self.answer(case_studies.publish(self.own(public_id), request.user), 201)

    def delete(self, request: Request, public_id: str) -> Response:
        """Take it back to a draft."""
        case_studies.unpublish(self.own(public_id), request.user)
        return Response(status=204)


class Pictures(Writing):
    """Pictures of a case study of one's own."""

    scopes: ClassVar[dict[str, str]] = {"POST": "write"}
    serializer_class = PictureSerializer
    answers: ClassVar[dict[str, Any]] = {"POST": StoredPictureSerializer}
    parser_classes = (MultiPartParser,)

    def post(self, request: Request, public_id: str) -> Response:
        """Add a picture; it is turned upright, made small, and loses what the camera noted of the place."""
        sent = self.sent()
        picture = pictures.add(self.own(public_id), sent["picture"], alt=sent.get("alt", ""))
        return Response(StoredPictureSerializer(picture).data, status=201)


def _parent(author: User, public_id: str | None) -> CaseStudy | None:
    if not public_id:
        return None
    parent = case_studies_seen_by(author).select_related("author__profile").filter(public_id=public_id).first()
    if parent is None:
        raise Refused(_("There is no such case study that you may read."), field="remix_of")
    return parent


def _content(post: CaseStudy, sent: dict[str, Any], before: Content) -> Content:
    """Return what was sent laid over what stood before, checked by the editor's own form."""
    words = {name: sent[name] for name in WORDS if name in sent}
    data = {**initial_of(before), **words, **_recipe(sent.get("recipe")), **_place(post.author, sent)}
    form = CaseStudyForm(post.author, post, data)
    if not form.is_valid():
        raise serializers.ValidationError({_sent_name(name, sent): found for name, found in form.errors.items()})
    return form.content()


def _recipe(recipe: dict[str, Any] | None) -> dict[str, str]:
    if recipe is None:
        return {}
    lists = {name: "\n".join(" ".join(line.split()) for line in recipe.get(name, [])) for name in LINES}
    return {**{name: recipe.get(name, "") for name in ("inputs", "time", "result", "failed")}, **lists}


def _place(author: User, sent: dict[str, Any]) -> dict[str, str]:
    """Return the form's choice of turn or cohort; what neither is the author's is no choice and refused there."""
    if sent.get("session"):
        refuse_without_a_yes(author, cohort__sessions__public_id=sent["session"])
        mine = Presentation.objects.filter(enrollment__person=author, session__public_id=sent["session"])
        turn = mine.exclude(state=Presentation.State.PASSED).first()
        return {"place": f"turn:{turn.pk if turn else 0}"}
    if sent.get("enrollment"):
        refuse_without_a_yes(author, public_id=sent["enrollment"])
        own = Enrollment.objects.filter(person=author, public_id=sent["enrollment"]).first()
        return {"place": f"cohort:{own.pk if own else 0}"}
    return {"place": ""} if "session" in sent or "enrollment" in sent else {}


def _sent_name(name: str, sent: dict[str, Any]) -> str:
    if name == "place":
        return "session" if sent.get("session") else "enrollment"
    return name if name in WORDS else f"recipe.{name}"

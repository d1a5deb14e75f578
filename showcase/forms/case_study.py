"""What an author fills in, on the page and in every autosave."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cohorts.models import Enrollment, Presentation
from cohorts.policies import places_of
from showcase.content import Content, content_of
from showcase.models import CaseStudy
from studyplatform.accounts.models import User
from studyplatform.kit import moments
from studyplatform.kit.fields import FIELDS
from studyplatform.kit.words import Words

LONGEST = 400_000  # characters of HTML
LINES = ("tools", "steps")  # parts of the recipe written one per line
TEXTS = ("inputs", "time", "result", "failed")
WORDS = ("title", "summary", "html", "language", "field", "visibility", "kept_from_search")


def _box(rows: int) -> Words:
    return Words(attrs={"rows": rows})


class NeededLater(forms.CharField):
    """A field that publishing needs and saving does not, so that it is not called optional."""

    def validate(self, value: Any) -> None:
        """Let an empty one be saved."""


class CaseStudyForm(forms.Form):
    """Nothing is required to save; what publishing needs is said by its verb."""

    use_required_attribute = False

    title = NeededLater(label=_("Title"), max_length=90)
    summary = forms.CharField(
        label=_("In one or two sentences"),
        max_length=200,
        required=False,
        widget=_box(2),
        help_text=_("What you did, and what came out of it. Search results and links show this."),
    )
    html = NeededLater(label=_("What you did"), max_length=LONGEST, widget=_box(16))
    place = forms.ChoiceField(label=_("For which turn or cohort"), required=False)
    field = forms.ChoiceField(label=_("Field of work"), choices=FIELDS)
    language = forms.ChoiceField(label=_("Language of the post"), choices=settings.LANGUAGES)
    visibility = forms.ChoiceField(label=_("Who may read it"), widget=forms.RadioSelect)
    kept_from_search = forms.BooleanField(label=_("Keep it from search engines"), required=False)
    cover = forms.ChoiceField(label=_("Cover"), required=False, widget=forms.RadioSelect)
    tools = forms.CharField(
        label=_("Tools, with versions"), max_length=2000, required=False, widget=_box(3), help_text=_("One per line.")
    )
    inputs = forms.CharField(
        label=_("What you put in: prompts, files, data"), max_length=8000, required=False, widget=_box(4)
    )
    steps = forms.CharField(
        label=_("Steps"), max_length=6000, required=False, widget=_box(4), help_text=_("One per line.")
    )
    time = forms.CharField(label=_("Time it took"), max_length=80, required=False)
    result = forms.CharField(label=_("What came out"), max_length=1000, required=False, widget=_box(2))
    failed = forms.CharField(label=_("What did not work"), max_length=1000, required=False, widget=_box(2))

    def __init__(self, author: User, post: CaseStudy, data: Any = None, content: Content | None = None) -> None:
        self.post = post
        super().__init__(data, initial=initial_of(content or content_of(post)))
        self._choices("place", place_choices(author, post))
        self._choices("visibility", CaseStudy.Visibility.choices)
        pictures = [(str(picture.pk), picture) for picture in post.pictures.all()] if post.pk else []
        self._choices("cover", [("", _("The cloth drawn for this post")), *pictures])

    def _choices(self, name: str, choices: Any) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def enrollment_for(self, kind: str, pk: str) -> Enrollment | None:
        """Return the author's place a choice of `place` names, if it is one of the choices."""
        if f"{kind}:{pk}" not in dict(self.fields["place"].choices):  # type: ignore[attr-defined]
            return None
        found = Enrollment.objects.select_related("cohort")
        return found.get(presentations=int(pk)) if kind == "turn" else found.get(pk=pk)

    def content(self) -> Content:
        """Return what was filled in. The form is valid."""
        values = self.cleaned_data
        kind, _, pk = values["place"].partition(":")
        turn = Presentation.objects.get(pk=pk) if kind == "turn" else None
        return Content(
            **{name: values[name] for name in WORDS},
            recipe=_recipe(values),
            enrollment_id=turn.enrollment_id if turn else int(pk) if kind == "cohort" else None,
            presentation_id=turn.pk if turn else None,
            cover_id=int(values["cover"]) if values["cover"] else None,
        )


def _recipe(values: dict[str, str]) -> dict[str, Any]:
    lists = {name: [line.strip() for line in values[name].splitlines() if line.strip()] for name in LINES}
    texts = {name: values[name].strip() for name in TEXTS}
    return {name: value for name, value in {**lists, **texts}.items() if value}


def initial_of(content: Content) -> dict[str, Any]:
    """Return a post's content as the form shows it."""
    recipe = content.recipe
    place = f"cohort:{content.enrollment_id}" if content.enrollment_id else ""
    return {
        **{name: getattr(content, name) for name in WORDS},
        **{name: "\n".join(recipe.get(name, [])) for name in LINES},
        **{name: recipe.get(name, "") for name in TEXTS},
        "place": f"turn:{content.presentation_id}" if content.presentation_id else place,
        "cover": str(content.cover_id or ""),
    }


def turns_to_write(author: User, post: CaseStudy) -> list[Presentation]:
    """Return the author's coming turns without another post, and the one this post is for, soonest first."""
    chosen = content_of(post).presentation_id
    coming = Q(state__in=[Presentation.State.CLAIMED, Presentation.State.READY]) | Q(pk=chosen)
    free = Q(case_study=None) | Q(case_study=post.pk or 0)
    found = Presentation.objects.filter(coming, free, enrollment__person=author)
    return list(found.select_related("enrollment", "session__cohort__study").order_by("session__starts_at"))


def places(author: User, post: CaseStudy) -> list[Enrollment]:
    """Return the cohorts the author belongs to, newest first, and the one the post was written in."""
    mine = Q(state__in=Enrollment.BELONGS, awaiting_a_yes=False) | Q(pk=content_of(post).enrollment_id)
    found = places_of(author).filter(mine)
    return list(found.select_related("cohort__study").order_by("-cohort__starts_on"))


def place_choices(author: User, post: CaseStudy) -> list[tuple[str, str]]:
    """Return the turns and cohorts a post can be for."""
    turns = [(f"turn:{turn.pk}", _turn_name(turn)) for turn in turns_to_write(author, post)]
    cohorts = [
        (f"cohort:{place.pk}", gettext("%(cohort)s, without a turn") % {"cohort": place.cohort.full_name})
        for place in places(author, post)
    ]
    return [*turns, *cohorts, ("", gettext("Outside of any cohort"))]


def _turn_name(turn: Presentation) -> str:
    session = turn.session
    when = moments.moment(session.starts_at, session.cohort.zone)
    return gettext("Turn on %(when)s · %(cohort)s") % {"when": when, "cohort": session.cohort.full_name}


def fresh_content(author: User, post: CaseStudy, turn: str = "") -> Content:
    """Return what a new post begins with: the turn asked for, else the next one, else the newest cohort."""
    turns = turns_to_write(author, post)
    chosen = next((one for one in turns if str(one.pk) == turn), turns[0] if turns else None)
    place = chosen.enrollment if chosen else next(iter(places(author, post)), None)
    profile = getattr(author, "profile", None)
    return Content(
        language=place.cohort.study.language if place else author.language,
        field=(profile.field if profile else "") or "automation",
        enrollment_id=place.pk if place else None,
        presentation_id=chosen.pk if chosen else None,
    )

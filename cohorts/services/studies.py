"""Starting a study and keeping its words."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Study, StudyRole
from studyplatform.accounts.models import User
from studyplatform.kit import history, page_cache, pictures
from studyplatform.kit.errors import Refused
from studyplatform.kit.ids import short_id
from studyplatform.kit.slugs import slug_of

TAKEN_WORDS = ("new", "money", "refunds")  # addresses of the studio itself


@transaction.atomic
def start(host: User, *, title: str, promise: str, language: str, slug: str = "", **words: Any) -> Study:
    """Start a draft study hosted by `host` and paid to them; return it.

    Without `slug` one is spelled from the title. Raises Refused for a slug in use or an unreadable picture.
    """
    picture = _redrawn(words)
    slug = _free_or_refuse(slug) if slug else free_slug(title)
    study = Study(slug=slug, title=title, promise=promise, language=language, payee=host, **words)
    if picture:
        study.picture = picture
    _save(study)
    StudyRole.objects.create(study=study, person=host)
    history.record(study, "", study.state, host)
    return study


@transaction.atomic
def change(host: User, study: Study, *, slug: str = "", **words: Any) -> Study:
    """Change a study's words; its address only while nobody could have a link to it."""
    row = Study.objects.select_for_update().get(pk=study.pk)
    picture = _redrawn(words)
    if slug and slug != row.slug:
        if row.state != Study.State.DRAFT:
            raise Refused(_("The address stays as it is once a cohort has opened: people have the link."), field="slug")
        row.slug = _free_or_refuse(slug)
    for name, value in words.items():
        setattr(row, name, value)
    if picture is not None:
        row.picture = picture
    _save(row)
    history.record(row, row.state, row.state, host, note="words changed")
    changed(row)
    return row


def publish(study: Study, host: User) -> None:
    """Show a study to everybody, when its first cohort opens."""
    row = Study.objects.select_for_update().get(pk=study.pk)
    if row.state != Study.State.PUBLIC:
        history.move(row, Study.State.PUBLIC, host)
    changed(row)


def changed(study: Study) -> None:
    """Make every kept page that shows the study old."""
    numbers = Cohort.objects.filter(study=study).values_list("number", flat=True)
    page_cache.bump("lists", f"study:{study.slug}", *(f"cohort:{study.slug}:{number}" for number in numbers))


def free_slug(title: str) -> str:
    """Return an address spelled from a title that no study has, or a random one when nothing can be spelled."""
    spelled = slug_of(title, 50)
    if len(spelled) < 3 or spelled in TAKEN_WORDS:
        return short_id()
    return spelled if not _in_use(spelled) else f"{spelled}-{short_id()[:4]}"


def _free_or_refuse(slug: str) -> str:
    slug = slug.lower()
    if slug in TAKEN_WORDS or _in_use(slug):
        raise Refused(_("This address is taken. Choose another one."), field="slug")
    return slug


def _in_use(slug: str) -> bool:
    return Study.objects.filter(slug=slug).exists()


def _redrawn(words: dict[str, Any]) -> Any:
    """Take the picture out of `words`: a redrawn one, "" when it is to go, None when it stays as it is."""
    upload = words.pop("picture", None)
    if upload is False:
        return ""
    return pictures.redrawn(upload) if upload and not hasattr(upload, "instance") else None


def _save(study: Study) -> None:
    try:
        with transaction.atomic():
            study.save()
    except IntegrityError as taken:  # two people took the same address at once
        raise Refused(_("This address is taken. Choose another one."), field="slug") from taken

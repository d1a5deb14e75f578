"""Pictures of people and studies. Names are random and never used again, so browsers may keep them for ever."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

FOLDERS = ("faces/", "studies/")
YEAR = 365 * 24 * 3600


@require_safe
def face(request: HttpRequest, name: str) -> FileResponse:
    """Return a picture that is everybody's to see; other files have views of their own."""
    if not (name.startswith(FOLDERS) and name.endswith(".webp") and ".." not in name and default_storage.exists(name)):
        raise Http404
    response = FileResponse(default_storage.open(name), content_type="image/webp")
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


face.public = True  # type: ignore[attr-defined]

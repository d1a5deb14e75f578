"""Pictures people give us are drawn anew: what a camera wrote into them (place, time, device) does not come along."""

from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from studyplatform.kit.errors import Refused
from studyplatform.kit.ids import short_id

HEAVIEST = 15 * 1024 * 1024  # bytes
MOST_PIXELS = 50_000_000
KINDS = ("JPEG", "PNG", "WEBP", "GIF")


def redrawn(upload: Any, *, longest: int = 1600, field: str = "picture") -> ContentFile[bytes]:
    """Return an uploaded picture as a WebP file with a random name, its longest side at most `longest` pixels.

    Raises Refused when it is too heavy, too large or no picture.
    """
    if upload.size > HEAVIEST:
        raise Refused(_("Pictures can be up to 15 MB."), field=field)
    try:
        with Image.open(upload, formats=KINDS) as picture:
            return _drawn(picture, longest, field)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as unreadable:
        raise Refused(_("We could not read this picture. Try a JPEG or PNG file."), field=field) from unreadable


def _drawn(picture: Image.Image, longest: int, field: str) -> ContentFile[bytes]:
    if picture.width * picture.height > MOST_PIXELS:
        raise Refused(_("This picture has too many pixels. Make it smaller first."), field=field)
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((longest, longest))
    fresh = Image.new("RGB", upright.size)
    fresh.paste(upright)
    out = BytesIO()
    fresh.save(out, "WEBP", quality=82)
    return ContentFile(out.getvalue(), name=f"{short_id()}.webp")

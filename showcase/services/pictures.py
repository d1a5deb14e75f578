"""Pictures of posts: checked by content, re-encoded small, without what the camera noted about place and time."""

import io
from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from showcase.models import CaseStudy, Picture
from studyplatform.kit.errors import Refused

LARGEST_FILE = 20 * 1024 * 1024  # bytes
LARGEST_AREA = 60_000_000  # pixels; decoding more would take the machine's memory
SIDE = 2000  # pixels, the longer side of what is kept
KINDS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP", "TIFF")
MOST = 60  # pictures of one post


def add(post: CaseStudy, file: Any, *, alt: str = "") -> Picture:
    """Keep an uploaded picture for its author's post and return it. Raises Refused with field "picture"."""
    if file.size > LARGEST_FILE:
        raise Refused(_("This file is over 20 MB. A smaller picture looks the same here."), field="picture")
    if post.pictures.count() >= MOST:
        raise Refused(_("A post can hold 60 pictures. Take one away to add another."), field="picture")
    return keep(post, encode(file), alt)


def keep(post: CaseStudy, encoded: bytes, alt: str) -> Picture:
    """Keep what `encode` made for a post and return it."""
    picture = Picture(owner=post.author, case_study=post, alt=alt[:200])
    picture.file.save(f"{picture.public_id}.webp", ContentFile(encoded, name="picture.webp"), save=False)
    picture.save()
    return picture


def encode(file: Any) -> bytes:
    """Return a picture as WebP, turned upright, at most 2000 px. Raises Refused with field "picture"."""
    try:
        with Image.open(file, formats=KINDS) as image:
            if image.width * image.height > LARGEST_AREA:
                raise Refused(_("This picture has too many pixels. Save it smaller and try again."), field="picture")
            return _webp(image)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as unreadable:
        raise Refused(
            _("This file is not a picture we can read. Try JPEG, PNG or WebP."), field="picture"
        ) from unreadable


def _webp(image: Image.Image) -> bytes:
    image.draft("RGB", (SIDE, SIDE))  # lets JPEG decode at a smaller size
    upright = ImageOps.exif_transpose(image)
    upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    upright.thumbnail((SIDE, SIDE))
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)  # a new picture carries none of the old one's notes
    out = io.BytesIO()
    bare.save(out, "WEBP", quality=82, icc_profile=image.info.get("icc_profile"))
    return out.getvalue()

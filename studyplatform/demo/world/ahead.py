"""Pictures drawn on another core while tables are made and people arrive."""

import functools
from concurrent.futures import Future, ThreadPoolExecutor

import resvg_py
from django.core.files.base import ContentFile

from showcase.services.pictures import encode
from studyplatform.demo.world import data
from studyplatform.kit.pictures import redrawn

SIDE = 512  # pixels of a face


def begin() -> None:
    """Draw what people bring along, faces first, as they come first."""
    faces()
    pictures()


def wait() -> None:
    """Wait for the faces: drawing one takes a random name, and inside the world names fall the same each time."""
    for face in faces().values():
        face.result()


@functools.cache
def faces() -> dict[str, Future[bytes]]:
    """Return the faces of people by name, encoded."""
    return {name: _pool().submit(_face, row["face"]) for name, row in data.people().items() if "face" in row}


@functools.cache
def pictures() -> dict[str, Future[bytes]]:
    """Return the pictures that stand in posts by name, encoded."""
    return {name: _pool().submit(encode, ContentFile(data.picture(name))) for name in data.pictures()}


@functools.cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1)


def _face(name: str) -> bytes:
    drawn = resvg_py.svg_to_bytes(svg_string=data.face(name), width=SIDE)
    encoded: bytes = redrawn(ContentFile(drawn), longest=SIDE).read()
    return encoded

"""Pictures of case studies: `<img src="picture:NAME" alt="…">` in a post stands for pictures/NAME.webp."""

import dataclasses
import html
import re

from django.urls import reverse

from showcase.content import Content
from showcase.models import CaseStudy, Picture
from showcase.services import case_studies, pictures
from studyplatform.demo.world import ahead

NAMED = re.compile(r'<img\b[^>]*\bsrc="picture:([^"]+)"[^>]*>')
ALT = re.compile(r'\balt="([^"]*)"')


def put_in(post: CaseStudy, content: Content) -> CaseStudy:
    """Add the pictures named in a draft as its author does in the editor; the first one becomes its cover."""
    added: list[Picture] = []

    def shown(tag: re.Match[str]) -> str:
        added.append(_add(post, tag))
        return tag[0].replace(f'picture:{tag[1]}"', _source(added[-1]))

    text = NAMED.sub(shown, content.html)
    if not added:
        return post
    return case_studies.save(post, dataclasses.replace(content, html=text, cover_id=added[0].pk), version=post.version)


def _add(post: CaseStudy, tag: re.Match[str]) -> Picture:
    alt = ALT.search(tag[0])
    return pictures.keep(post, ahead.pictures()[tag[1]].result(), html.unescape(alt[1]) if alt else "")


def _source(picture: Picture) -> str:
    size = f'width="{picture.width}" height="{picture.height}"'
    return f'{reverse("picture", args=[picture.public_id])}" {size}'

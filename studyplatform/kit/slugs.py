"""Addresses out of titles: Hangul is spelled in Latin letters, syllable by syllable."""

from django.utils.text import slugify

INITIAL = "g kk n d tt r m b pp s ss - j jj ch k t p h".replace("-", "").split(" ")
MEDIAL = [
    "a",
    "ae",
    "ya",
    "yae",
    "eo",
    "e",
    "yeo",
    "ye",
    "o",
    "wa",
    "wae",
    "oe",
    "yo",
    "u",
    "wo",
    "we",
    "wi",
    "yu",
    "eu",
    "ui",
    "i",
]
FINAL = [
    "",
    "k",
    "k",
    "k",
    "n",
    "n",
    "n",
    "t",
    "l",
    "k",
    "m",
    "l",
    "l",
    "l",
    "p",
    "l",
    "m",
    "p",
    "p",
    "t",
    "t",
    "ng",
    "t",
    "t",
    "k",
    "t",
    "p",
    "t",
]
FIRST, LAST = ord("가"), ord("힣")


def slug_of(title: str, longest: int = 60) -> str:
    """Return a title as small Latin letters, digits and hyphens; "" when nothing of it can be spelled so."""
    slug = slugify("".join(_spelled(letter) for letter in title))
    return slug[:longest].strip("-")


def _spelled(letter: str) -> str:
    place = ord(letter) - FIRST
    if not 0 <= place <= LAST - FIRST:
        return letter
    return INITIAL[place // 588] + MEDIAL[place % 588 // 28] + FINAL[place % 28]

"""Whether search engines are shown a post: only one that gives its readers something to follow."""

from showcase import sanitise
from showcase.content import Content

LEAST = {"ko": 150, "en": 400}  # letters without spaces, text and recipe together


def worth_finding(content: Content) -> bool:
    """Tell whether a post has a summary and enough text for its language to stand in a list of results."""
    recipe = " ".join(str(part) for part in content.recipe.values())
    letters = "".join(f"{sanitise.words(content.html)} {recipe}".split())
    return bool(content.summary.strip()) and len(letters) >= LEAST.get(content.language, LEAST["en"])

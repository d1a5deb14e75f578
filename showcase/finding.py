"""Whether search engines are shown a post: one that gives its readers something to follow, if its author likes."""

from showcase import sanitise
from showcase.content import Content

LEAST = {"ko": 150, "en": 400}  # letters without spaces, text and recipe together


def worth_finding(content: Content) -> bool:
    """Tell whether a post has a summary and enough text for its language, and its author did not say no."""
    if content.kept_from_search:
        return False
    recipe = " ".join(str(part) for part in content.recipe.values())
    letters = "".join(f"{sanitise.words(content.html)} {recipe}".split())
    return bool(content.summary.strip()) and len(letters) >= LEAST.get(content.language, LEAST["en"])

"""Covers for case studies that have no picture: patchwork cloth (jogakbo), the same for the same post for ever.

The field gives the dyes, the seed gives the pattern and the pieces. A remix carries one patch of its parent's cloth.
"""

from collections.abc import Callable, Sequence
from zlib import crc32

DYES = {  # ground, mid, main, deep, spark
    "marketing": ("#f3d9cf", "#e89b87", "#cf4b3f", "#7e2430", "#f2c14e"),  # safflower
    "design": ("#f6e7bd", "#efc458", "#d9922b", "#6f4a1f", "#3f7f86"),  # gardenia
    "automation": ("#dce4ea", "#8fb0c9", "#3f6e9e", "#1e3557", "#e58f5b"),  # indigo
    "education": ("#e4e9d3", "#b3c48b", "#6f8f4a", "#2f4a33", "#e7b84b"),  # mugwort
    "finance": ("#e8e4da", "#bdb5a6", "#7b756b", "#2b2d31", "#c8503c"),  # ink
    "health": ("#ecdde4", "#cd9fb4", "#96527a", "#4a2440", "#e3b55a"),  # sappan
    "food": ("#f8e1c8", "#f0a860", "#dc6b2a", "#74301a", "#5e8c6a"),  # persimmon
    "making": ("#ece0d0", "#cfa67e", "#a66a42", "#4c3527", "#6f9aa3"),  # clay
    "research": ("#dde9e3", "#9cc3b4", "#4e8c80", "#1e4845", "#e9a15b"),  # celadon
}
WIDTH, HEIGHT, TILE = 160, 96, 32
Dyes = Sequence[str]


class Dice:
    """A small generator with the same numbers everywhere: xorshift32."""

    def __init__(self, seed: int) -> None:
        self.state = (seed * 2654435761 + 97) & 0xFFFFFFFF or 1
        for _ in range(6):
            self.roll(2)

    def roll(self, sides: int) -> int:
        """Return a number from 0 to sides - 1."""
        state = self.state
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        self.state = state
        return state % sides

    def pick(self, weighted: Sequence[int]) -> int:
        """Return one of the numbers given; those given twice come twice as often."""
        return weighted[self.roll(len(weighted))]


def seed_of(public_id: str) -> int:
    """Return the seed of a thing with a public id."""
    return crc32(public_id.encode())


def rect(x: float, y: float, w: float, h: float, dye: str) -> str:
    """Return a piece of cloth."""
    return f'<path fill="{dye}" d="M{x:g} {y:g}h{w:g}v{h:g}h{-w:g}z"/>'


def scraps(
    dice: Dice, dyes: Dyes, x: float = 0, y: float = 0, w: float = WIDTH, h: float = HEIGHT, deep: int = 0
) -> str:
    """Cut a cloth again and again, never twice in the same place."""
    if deep > 2 and (deep > 5 or w * h < 600 or dice.roll(7) == 0):
        small = [0, 0, 1, 1, 2, 2, 3, 4] if w * h < 1100 else [0, 0, 1, 1, 2, 2, 3]
        return rect(x, y, w, h, dyes[dice.pick(small)])
    cut = (30 + dice.roll(5) * 10) / 100
    if w > h * 1.1:
        left = scraps(dice, dyes, x, y, w * cut, h, deep + 1)
        return left + scraps(dice, dyes, x + w * cut, y, w - w * cut, h, deep + 1)
    top = scraps(dice, dyes, x, y, w, h * cut, deep + 1)
    return top + scraps(dice, dyes, x, y + h * cut, w, h - h * cut, deep + 1)


def _tiles() -> list[tuple[int, int]]:
    return [(i, j) for i in range(5) for j in range(3)]


def petals(dice: Dice, dyes: Dyes) -> str:
    """Yeouiju: petals meeting at the corners of a grid."""
    out, flip = [rect(0, 0, WIDTH, HEIGHT, dyes[0])], dice.roll(2)
    for i, j in _tiles():
        x, y, t = i * TILE, j * TILE, TILE
        out.append(rect(x, y, t, t, dyes[dice.pick([0, 0, 0, 1, 1])]))
        ink = dyes[4] if dice.roll(9) == 0 else dyes[dice.pick([2, 2, 3])]
        a, b = (f"{x} {y}", f"{x + t} {y + t}") if (i + j + flip) % 2 else (f"{x + t} {y}", f"{x} {y + t}")
        out.append(f'<path fill="{ink}" d="M{a}A{t} {t} 0 0 1 {b}A{t} {t} 0 0 1 {a}z"/>')
    return "".join(out)


def pinwheels(dice: Dice, dyes: Dyes) -> str:
    """Squares sewn from triangles, a few of them quartered."""
    squares = [_pinwheel(dice, dyes, i * TILE, j * TILE, TILE) for i, j in _tiles()]
    return rect(0, 0, WIDTH, HEIGHT, dyes[0]) + "".join(squares)


def _pinwheel(dice: Dice, dyes: Dyes, x: float, y: float, t: float) -> str:
    if t > 16 and dice.roll(4) == 0:
        half = t / 2
        return "".join(_pinwheel(dice, dyes, x + k % 2 * half, y + k // 2 * half, half) for k in range(4))
    corners = [(x, y), (x + t, y), (x + t, y + t), (x, y + t)]
    first = dice.roll(4)
    ground = rect(x, y, t, t, dyes[dice.pick([0, 0, 1, 1, 2])])
    path = " ".join(f"{a:g} {b:g}" for a, b in (corners[(first + k) % 4] for k in range(3)))
    return f'{ground}<path fill="{dyes[dice.pick([1, 2, 2, 3, 3, 4])]}" d="M{path}z"/>'


def quarters(dice: Dice, dyes: Dyes) -> str:
    """Quarter discs: moons, hills and bowls, as they fall."""
    discs = [_quarter(dice, dyes, i * TILE, j * TILE) for i, j in _tiles()]
    return rect(0, 0, WIDTH, HEIGHT, dyes[0]) + "".join(discs)


def _quarter(dice: Dice, dyes: Dyes, x: int, y: int) -> str:
    corner = dice.roll(4)
    out = [rect(x, y, TILE, TILE, dyes[dice.pick([0, 0, 1, 1, 3])])]
    right, low = corner in (1, 2), corner in (2, 3)
    cx, cy = x + right * TILE, y + low * TILE
    sx, sy = -1 if right else 1, -1 if low else 1
    for radius, inks in ((TILE, [1, 2, 2, 3]), (TILE // 2, [0, 0, 3, 4])):
        if radius < TILE and dice.roll(2):
            continue
        arc = f"A{radius} {radius} 0 0 {int(sx * sy > 0)} {cx} {cy + sy * radius}"
        out.append(f'<path fill="{dyes[dice.pick(inks)]}" d="M{cx} {cy}h{sx * radius}{arc}z"/>')
    return "".join(out)


def strips(dice: Dice, dyes: Dyes) -> str:
    """Saekdong: sleeves of stripes, each cut once or twice."""
    out, x = [], 0
    while x < WIDTH:
        w = min(dice.pick([6, 8, 12, 12, 16, 20]), WIDTH - x)
        cut, second, first = 12 + dice.roll(6) * 12, 4 + dice.roll(3) * 6, dice.roll(4)
        out += [rect(x, 0, w, HEIGHT, dyes[first]), rect(x, cut, w, HEIGHT - cut, dyes[(first + 1 + dice.roll(2)) % 4])]
        if dice.roll(3) == 0:
            out.append(rect(x, cut, w, second, dyes[4]))
        x += w
    return "".join(out)


def hills(dice: Dice, dyes: Dyes) -> str:
    """Far hills, near hills, one sun."""
    sun = (24 + dice.roll(8) * 16, 24 + dice.roll(3) * 8, 10 + dice.roll(3) * 3)
    out = [rect(0, 0, WIDTH, HEIGHT, dyes[0]), _circle(*sun, dyes[4])]
    for row, ink in enumerate((1, 2, 3)):
        x: float = -20 - dice.roll(30)
        while x < WIDTH:
            radius = 26 + dice.roll(4) * 7
            out.append(_circle(x + radius, 62 + row * 20 + radius * 0.55, radius, dyes[ink]))
            x += radius * 1.25
        out.append(rect(0, 74 + row * 18, WIDTH, 30, dyes[ink]))
    return "".join(out)


def _circle(x: float, y: float, radius: float, dye: str) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{dye}"/>'


PATTERNS: tuple[Callable[[Dice, Dyes], str], ...] = (scraps, petals, pinwheels, quarters, strips, hills)


def cloth(seed: int, field: str) -> str:
    """Return the pieces of a cloth, without a frame."""
    dice = Dice(seed)
    return PATTERNS[dice.roll(len(PATTERNS))](dice, DYES.get(field, DYES["research"]))


def cover(seed: int, field: str, parent: tuple[int, str] | None = None) -> str:
    """Return a cover as SVG; `parent` is the seed and field of the post it remixes."""
    return _frame(WIDTH, HEIGHT, 800, 480, cloth(seed, field) + (_patch(field, *parent) if parent else ""))


def _patch(field: str, seed: int, parent_field: str) -> str:
    ground = DYES.get(field, DYES["research"])[0]
    box = 'x="84" y="38" width="38" height="38" viewBox="0 0 64 64" preserveAspectRatio="xMinYMin slice"'
    seam = '<path fill="none" stroke="#1c211d" stroke-width=".9" stroke-dasharray="3 2.2" d="M81.5 35.5h43v43h-43z"/>'
    edge = f'<path fill="none" stroke="{ground}" stroke-width="3" d="M84 38h38v38h-38z"/>'
    return f"<svg {box}>{cloth(seed, parent_field)}</svg>{edge}{seam}"


def banner(seed: int, field: str) -> str:
    """Return the wide strip on a study's pages: five squares, each cut from another pattern, in the same dyes."""
    dice, dyes, panels = Dice(seed), DYES.get(field, DYES["research"]), []
    first = dice.roll(5)
    for k in range(5):
        body = PATTERNS[(first + k * 2) % 5](dice, dyes)
        panels.append(f'<svg x="{k * 96}" width="96" height="96" viewBox="0 0 96 96">{body}</svg>')
    return _frame(480, 96, 1200, 240, "".join(panels))


def _frame(w: int, h: int, width: int, height: int, body: str) -> str:
    size = f'viewBox="0 0 {w} {h}" width="{width}" height="{height}" preserveAspectRatio="xMidYMid slice"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{body}</svg>'

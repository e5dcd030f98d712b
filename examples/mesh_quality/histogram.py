"""Draw how many elements have which quality."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIZE = (900, 420)
LEFT, RIGHT, TOP, BOTTOM = 40, 40, 56, 64
FINER = 2
GROUND, INK, FAINT = (255, 255, 255), (40, 52, 64), (216, 222, 228)
GOOD, POOR = (96, 142, 178), (200, 84, 64)


def draw_histogram(counts: np.ndarray, limit: float, picture: Path) -> None:
    """Draw counts over equal parts of 0 to 1; what lies below the limit is marked."""
    width, height = SIZE[0] * FINER, SIZE[1] * FINER
    left, right = LEFT * FINER, width - RIGHT * FINER
    top, bottom = TOP * FINER, height - BOTTOM * FINER
    image = Image.new("RGB", (width, height), GROUND)
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(16 * FINER)
    small = ImageFont.load_default(13 * FINER)

    step = (right - left) / len(counts)
    for tenth in range(11):
        x = left + (right - left) * tenth / 10
        pen.line((x, top, x, bottom + 6 * FINER), fill=FAINT, width=FINER)
        pen.text((x, bottom + 10 * FINER), f"{tenth / 10:.1f}", INK, small, anchor="ma")
    for index, count in enumerate(counts):
        x = left + index * step
        # A single bad element must be seen beside a hundred thousand good ones.
        bar = (bottom - top) * count / counts.max()
        bar = max(bar, 2 * FINER) if count else 0
        colour = POOR if (index + 1) / len(counts) <= limit + 1e-9 else GOOD
        if bar:
            pen.rectangle((x + FINER, bottom - bar, x + step - FINER, bottom), fill=colour)
    pen.line((left, bottom, right, bottom), fill=INK, width=FINER)
    mark = left + (right - left) * limit
    pen.line((mark, top, mark, bottom), fill=POOR, width=FINER)
    pen.text((left, 18 * FINER), f"{int(counts.sum()):,} elements", INK, font)
    about = "radius ratio: 1 is perfect, 0 is flat"
    pen.text(((left + right) / 2, height - 10 * FINER), about, INK, small, anchor="md")
    draft = picture.with_name(f".{picture.name}")  # whole or not at all: somebody may be looking
    smaller = image.resize(SIZE, Image.Resampling.LANCZOS)
    smaller.quantize(64).save(draft, format="png", optimize=True)
    draft.replace(picture)

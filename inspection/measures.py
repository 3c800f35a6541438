"""What can be measured of a picture: how sharp it is, and a hash that is alike for pictures that look alike."""

import math

from PIL import Image, ImageFilter, ImageStat

MEASURED = 1000  # pixels of the longer side at which sharpness is measured
GRID = 64  # the hash is made of the means of a grid of 64 × 64 …
WAVES = 16  # … of which it takes the 16 × 16 longest waves
PLAIN = 1.5  # levels of grey by which a plain surface varies at most

_LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
_COSINES = [
    [math.cos(math.pi * (2 * place + 1) * wave / (2 * GRID)) for place in range(GRID)] for wave in range(1, WAVES + 1)
]


def blur(image: Image.Image) -> float:
    """Return the variance of the Laplacian of the picture in grey: the less, the more blurred."""
    grey = image.convert("L")
    grey.thumbnail((MEASURED, MEASURED))
    edges = grey.filter(_LAPLACIAN)
    inner = edges.crop((1, 1, edges.width - 1, edges.height - 1))  # the filter leaves the border as it was
    return round(float(ImageStat.Stat(inner).var[0]), 2)


def picture_hash(image: Image.Image) -> str:
    """Return 256 bits in hexadecimal: which waves of the picture's cosine transform are stronger than their median.

    Compressing, scaling and brightening a page of text change 12 bits at most; different pages differ in 36 or more.
    "" for a plain surface, on which there is nothing to compare.
    """
    means = image.convert("L").resize((GRID, GRID), Image.Resampling.BOX)
    if ImageStat.Stat(means).stddev[0] < PLAIN:
        return ""
    levels = means.tobytes()
    lines = [levels[start : start + GRID] for start in range(0, GRID * GRID, GRID)]
    across = [[_strength(line, wave) for wave in _COSINES] for line in lines]
    waves = [_strength([line[u] for line in across], wave) for wave in _COSINES for u in range(WAVES)]
    median = sorted(waves)[len(waves) // 2]
    return f"{int(''.join('1' if wave > median else '0' for wave in waves), 2):064x}"


def _strength(levels: bytes | list[float], wave: list[float]) -> float:
    return sum(level * cosine for level, cosine in zip(levels, wave, strict=True))

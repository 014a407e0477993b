"""Pictures to look at: samples that come inside installed packages, the class grids, drawings and uploads.

Every function returns float32 of shape (height, width, channels), channels last, RGB, 0 to 255.
"""

import base64
import io
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL import Image

CLASS_GRID = ((232, 13, 21, 192, 39, 153), (137, 237, 4, 122, 118, 74), (124, 227, 82, 200, 200, 62),
              (144, 128, 90, 22, 58, 63), (48, 21, 135, 29, 86, 71), (90, 245, 26, 244, 147, 157))  # fmt: skip
HALF_BRIGHT = ((10, 10, 10, 0, 0, 0),) * 6
GRIDS = {"class 6×6": CLASS_GRID, "half-bright 6×6": HALF_BRIGHT}
PHOTOS = ("camera", "flower", "astronaut", "coins")
SAMPLES = (*PHOTOS, "digit", "checkerboard", *GRIDS)
MIN_SIZE, MAX_SIZE = 6, 128  # pixels a side
MAX_PIXELS = 25_000_000  # of an upload, before it is made smaller
FORMATS = ("PNG", "JPEG", "WEBP")  # other decoders are not needed, and some run other programs
MAX_PHOTO = 80_000_000  # of a JPEG file that is read at a fraction of its size


def load(image: str | bytes | np.ndarray, size: int, colour: bool = False) -> np.ndarray:
    """Return a picture as a square of `size` pixels.

    Parameters
    ----------
    image : str, bytes or np.ndarray
        Name of a sample (`SAMPLES`), the bytes of an image file, or a drawing of shape (h, w), 0 to 255.
        The class grids keep their own size.
    size : int
        Side in pixels, 6 to 128.
    colour : bool
        Three channels (red, green, blue) instead of one; one channel is the weighted mean of OpenCV.

    Returns
    -------
    np.ndarray
        (size, size, 3) if colour else (size, size, 1), float32, 0 to 255.

    Raises
    ------
    ValueError
        If the name is unknown, the size out of range, or the file not a picture that can be read.

    Examples
    --------
    >>> load("class 6×6", 28)[0, :, 0].tolist()
    [232.0, 13.0, 21.0, 192.0, 39.0, 153.0]
    """
    if not MIN_SIZE <= size <= MAX_SIZE:
        raise ValueError(f"size {size} is out of range; use {MIN_SIZE} to {MAX_SIZE} pixels")
    picture = decode(image) if isinstance(image, bytes) else sample(image) if isinstance(image, str) else image
    if isinstance(image, str) and image in GRIDS:
        return _channels(picture, colour)
    picture = _channels(_square(picture, size), colour)
    return picture if isinstance(image, str) else picture.round()  # whole numbers: a PNG holds them exactly


def decode(data: bytes, side: int | None = None) -> np.ndarray:
    """Read an image file upright, (h, w, 3) uint8, RGB; raise ValueError with what is wrong with it.

    With `side` it is made smaller to at most so many pixels a side, a JPEG file already while it is read.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
        limit = MAX_PHOTO if side and picture.format == "JPEG" else MAX_PIXELS
        if picture.width * picture.height <= limit:
            if side:
                picture.thumbnail((side, side))
            return _rgb(ImageOps.exif_transpose(picture))  # phones write pictures on their side
    except UnidentifiedImageError:
        raise ValueError("This file is not a picture that can be read; use a PNG, JPEG or WebP file") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValueError(
            f"This picture is too large; use one of at most {MAX_PIXELS // 1_000_000} million pixels"
        ) from None
    except (OSError, SyntaxError, ValueError):  # ValueError: a header that ends too early
        raise ValueError("This picture is broken or cut off; open it in a picture program and save it again") from None
    raise ValueError(
        f"This picture has {picture.width} × {picture.height} pixels; "
        f"use one of at most {limit // 1_000_000} million pixels"
    )


def _rgb(picture: "Image.Image") -> np.ndarray:
    """Return a picture as (h, w, 3) uint8: 16 bits brought to 8, what is transparent as white as on paper."""
    from PIL import Image

    if picture.mode.startswith("I"):
        return np.repeat((np.asarray(picture, "float32") / 257).round().astype("uint8")[:, :, None], 3, axis=2)
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return np.asarray(picture.convert("RGB"))


def to_png(picture: np.ndarray) -> str:
    """Write a picture, (h, w, 1 or 3), as a PNG file in base64, values rounded to whole numbers."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(np.squeeze(picture.round()).astype("uint8")).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


@cache
def sample(name: str) -> np.ndarray:
    """Return a sample in its own size, (h, w) or (h, w, 3); raise ValueError for a name not in `SAMPLES`."""
    if name in GRIDS:
        return np.array(GRIDS[name], "float32")
    if name == "digit":
        from sklearn.datasets import load_digits

        return np.asarray(load_digits().images[13] * (255 / 16), "float32")
    if name == "checkerboard":
        return np.kron(np.indices((8, 8)).sum(0) % 2, np.ones((16, 16))).astype("float32") * 255
    if name == "flower":
        from sklearn.datasets import load_sample_image

        return load_sample_image("flower.jpg")
    if name in PHOTOS:
        from skimage import data

        return getattr(data, name)()
    raise ValueError(f"there is no sample picture {name!r}; use one of {', '.join(SAMPLES)}")


def _square(picture: np.ndarray, size: int) -> np.ndarray:
    """Cut the middle square and resize it: area averages on the way down, cubic on the way up."""
    import cv2

    side = min(picture.shape[:2])
    top, left = ((length - side) // 2 for length in picture.shape[:2])
    square = np.ascontiguousarray(picture[top : top + side, left : left + side], "float32")
    way = cv2.INTER_AREA if size <= side else cv2.INTER_CUBIC
    return np.clip(cv2.resize(square, (size, size), interpolation=way), 0, 255)


def _channels(picture: np.ndarray, colour: bool) -> np.ndarray:
    import cv2

    if colour:
        return picture if picture.ndim == 3 else np.repeat(picture[:, :, None], 3, axis=2)
    grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return grey[:, :, None]

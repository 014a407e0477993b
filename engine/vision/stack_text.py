"""Stacks of layers as text: `conv 16 3x3; pool 2; dense 512`, one layer after the other.

- conv FILTERS [SIZE] [same] [stride S] [dilation D]    3x3 unless given
- pool [SIZE] [same] [stride S]                         the largest value; 2x2 unless given, stride = size
- average [SIZE] [same] [stride S]                      the mean instead
- global                                                one number per map: its mean
- dense UNITS                                           after `flatten`, which may be written
"""

import re
from dataclasses import dataclass

MAX_LAYERS = 16
MAX_FILTERS = 2048
MAX_UNITS = 100_000
MAX_KERNEL = 11
MAX_STRIDE = 8
MAX_DILATION = 4
KINDS = ("conv", "pool", "average", "global", "flatten", "dense")
SLIDING = ("conv", "pool", "average")


@dataclass(frozen=True)
class Layer:
    """One layer as written, with Keras's defaults filled in."""

    kind: str  # one of KINDS
    filters: int = 0  # of conv; units of dense
    kernel_size: tuple[int, int] = (1, 1)  # of conv; pool_size of pool
    strides: tuple[int, int] = (1, 1)
    padding: str = "valid"
    dilation_rate: int = 1

    @property
    def slides(self) -> bool:
        """Whether it slides a window."""
        return self.kind in SLIDING

    def __str__(self) -> str:
        size = "×".join(map(str, self.kernel_size))
        words = {"conv": f"conv {self.filters} {size}", "dense": f"dense {self.filters}"}
        text = words.get(self.kind, f"{self.kind} {size}" if self.slides else self.kind)
        usual = (1, 1) if self.kind == "conv" else self.kernel_size
        text += " same" if self.padding == "same" else ""
        text += f" stride {self.strides[0]}" if self.slides and self.strides != usual else ""
        return text + (f" dilation {self.dilation_rate}" if self.dilation_rate > 1 else "")


def parse(text: str) -> tuple[Layer, ...]:
    """Read a stack of layers: each on a line of its own or set off by a semicolon.

    Parameters
    ----------
    text : str
        As at the top of this module; 1 to 16 layers, upper or lower case, `3x3`, `3×3` or `3`.

    Returns
    -------
    tuple of Layer
        With `flatten` put in before the first dense layer where it is needed.

    Raises
    ------
    ValueError
        With a sentence that quotes what was not understood and shows what would be.

    Examples
    --------
    >>> [str(layer) for layer in parse("conv 16; pool 2; dense 10")]
    ['conv 16 3×3', 'pool 2×2', 'flatten', 'dense 10']
    """
    lines = [line.strip() for line in re.split(r"[;\n]", text) if line.strip()]
    if not lines:
        raise ValueError('the stack is empty; write at least one layer, such as "conv 16 3x3; pool 2; dense 10"')
    if len(lines) > MAX_LAYERS:
        raise ValueError(f"{len(lines)} layers are too many; use at most {MAX_LAYERS}")
    layers: list[Layer] = []
    flat = False
    for number, line in enumerate(lines, 1):
        layer = _layer(number, line)
        if flat and layer.kind != "dense":
            raise ValueError(
                f'layer {number}, "{line[:40]}", needs maps, but there are none left after flatten, global or dense'
            )
        if layer.kind == "dense" and not flat:
            layers.append(Layer("flatten"))
        flat = flat or not layer.slides
        layers.append(layer)
    return tuple(layers)


def _layer(number: int, line: str) -> Layer:
    words = line.lower().replace("×", "x").split()
    kind, where = words.pop(0), f'layer {number}, "{line[:40]}"'
    if kind not in KINDS:
        raise ValueError(f"{where}: there is no layer {kind[:20]!r}; use {', '.join(KINDS[:-1])} or {KINDS[-1]}")
    filters = 0
    if kind in ("conv", "dense"):
        what, most = ("filters", MAX_FILTERS) if kind == "conv" else ("units", MAX_UNITS)
        example = "conv 16 3x3" if kind == "conv" else "dense 10"
        if not words or not words[0].isdecimal():
            raise ValueError(f'{where}: say how many {what}, as in "{example}"')
        filters = _number(words.pop(0), what, most, where)
    size = _size(words, where) if kind in SLIDING else None
    options = _options(words, kind, where)
    kernel = size or ((3, 3) if kind == "conv" else (2, 2))
    strides = (options["stride"],) * 2 if "stride" in options else ((1, 1) if kind == "conv" else kernel)
    if kind not in SLIDING:
        kernel = strides = (1, 1)
    if options.get("dilation", 1) > 1 and strides != (1, 1):
        raise ValueError(f"{where}: Keras does not take a stride above 1 together with dilation; leave one of them out")
    return Layer(kind, filters, kernel, strides, "same" if "same" in options else "valid", options.get("dilation", 1))


def _size(words: list[str], where: str) -> tuple[int, int] | None:
    if not words or not re.fullmatch(r"\d+(x\d+)?", words[0]):
        return None
    rows, _, columns = words.pop(0).partition("x")
    return tuple(_number(side, "size", MAX_KERNEL, where) for side in (rows, columns or rows))  # type: ignore[return-value]


def _options(words: list[str], kind: str, where: str) -> dict[str, int]:
    """Read what is left of a line: same, valid, stride S, dilation D."""
    known = {
        "conv": ("same", "valid", "stride", "dilation"),
        "pool": ("same", "valid", "stride"),
        "average": ("same", "valid", "stride"),
    }
    found: dict[str, int] = {}
    while words:
        word = words.pop(0)
        if word not in known.get(kind, ()):
            usable = ", ".join(known[kind]) if kind in known else "nothing more"
            raise ValueError(f"{where}: {word[:20]!r} does not belong there; after it can stand {usable}")
        if word in ("stride", "dilation"):
            if not words or not words[0].isdecimal():
                raise ValueError(f'{where}: say how much, as in "{word} 2"')
            found[word] = _number(words.pop(0), word, MAX_STRIDE if word == "stride" else MAX_DILATION, where)
        else:
            found[word] = 1
    return found


def _number(text: str, what: str, most: int, where: str) -> int:
    value = int(text) if len(text) < 12 else most + 1
    if not 1 <= value <= most:
        raise ValueError(f"{where}: {what} {text[:20]} is out of range; use 1 to {most:,}")
    return value

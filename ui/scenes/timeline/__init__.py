"""The `timeline` scene: time from left to right, rows of numbers below it, and the network unrolled above it.

What moves happens in the browser: a step is selected by hovering its column, by the arrow keys, by playing or by the
slider; a unit by a click or the keys up and down. All numbers come from the arrays that Python sends.

The numbers panel is a list of lines, each a list of tokens. A token is a text, or one of

    sym("h", "t-1", "u")            a symbol with its subscripts, counted from 1: h with the step before, the unit
    value("states", "t", "u")       a number with four decimals, from an array of `arrays` or of a row
    given("W", "u", "j")            a number as short as it can be written: weights, inputs
    label("t")                      what stands over a step
    word("tags", "t")               a text of a list of `words`
    each([...], over="j", stop=3)   the tokens once for j = 0, 1, 2, joined by " + "

Places are rules: a number, or a name and a shift. `t` is the selected step, `u` (or a row's own `axis`) the selected
unit, `T` the number of steps, `j` whatever `each` runs over, and `at("best", "t", 0)` is a place that stands in an
array. So `value("states", "t+1", "u")` of an array (T + 1, units) is the state after the selected step. A negative
number behind an operator gets its brackets by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ui import scenes

Token = str | dict[str, Any]
Line = Sequence[Token] | dict[str, Any]
Rule = str | int | dict[str, Any]

KINDS = ("cells", "line", "bars", "flow")
FLOW = ("kept", "added", "shown")
SCALES = ("signed", "magnitude", "unit", "exponent")
MAX_STEPS, MAX_NUMBERS = 1000, 400_000


@dataclass(frozen=True, eq=False)
class Row:
    """One row, or one group of rows of units, along time."""

    name: str  # of its array, for tokens and links
    symbol: str  # short, as in the formula
    label: str  # in words
    values: np.ndarray  # (T,) or (T, units); NaN: nothing there
    role: str = "result"  # a colour of the palette
    kind: str = "cells"  # a heat map; "line": a curve per unit; "bars": from zero; "flow": kept, added, shown
    scale: str = "signed"  # "magnitude" from 0, "unit" 0 to 1; "exponent": lines of powers of ten
    limit: float | None = None  # the value of full colour or the end of the axis; None: the largest
    axis: str = "u"  # rows of one axis share their selected unit; "": none is selected, all are named
    units: Sequence[str] = ()  # names of the units; "unit 1", ... unless given
    start: np.ndarray | None = None  # (units,) before the first step
    targets: np.ndarray | None = None  # (T,) marked on lines and bars; NaN: none
    masked: np.ndarray | None = None  # (T,) or (T, units), true: shown as "?", here and in the numbers
    span: tuple[int, int] | None = None  # of cells: the steps that have any, the second excluded; None: all
    beside: bool = False  # in the band of the row before, which has its span elsewhere
    cell: float | None = None  # px of a unit's height; None: all such rows share what is left
    height: int = 64  # px, of lines and bars
    flow: Mapping[str, np.ndarray] = field(default_factory=dict)  # kept, added, shown: (T,) each; kept + added = values
    floor: float | None = None  # of exponents, and of lines with a limit: the lower end of the axis
    roles: Sequence[str] = ()  # a colour per line: then all lines are named at the left and read off at the right
    dashed: Sequence[bool] = ()  # which of them


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer of the unrolled network, a box per step; the first layer is drawn on top."""

    row: str  # name of the row whose numbers the boxes show
    symbol: str
    present: np.ndarray | None = None  # (T,) at which steps there is a box; None: at all


@dataclass(frozen=True, eq=False)
class Link:
    """Arrows of the unrolled network, the same at every step."""

    source: str  # row of the layer where they begin
    target: str
    label: str = ""
    dt: int = 0  # 0 within a step, 1 to the next step, -1 to the one before (gradients, backward layers)
    role: str = "weight"
    values: np.ndarray | None = None  # (T,) by the step where an arrow begins: shown on it, and its width; NaN: none


def sym(text: str, *subscripts: Rule, role: str = "", mark: str = "") -> Token:
    """A symbol with subscripts; `mark` is a superscript such as f or (1)."""
    return {"sym": text, "sub": list(subscripts), "role": role, "sup": mark}


def value(array: str, *at: Rule, role: str = "", decimals: int = 4) -> Token:
    """A number of an array, with so many decimals."""
    return {"array": array, "at": list(at), "role": role, "decimals": decimals}


def power(array: str, *at: Rule, role: str = "") -> Token:
    """A number whose power of ten stands in an array: -3 is shown as 0.001."""
    return {"array": array, "at": list(at), "role": role, "power": True}


def at(array: str, *places: Rule) -> Rule:
    """A place that stands in an array, such as that of the largest number of a step."""
    return {"array": array, "at": list(places)}


def word(words: str, at: Rule = "t", role: str = "") -> Token:
    """A text of the list `words`."""
    return {"word": words, "at": at, "role": role}


def given(array: str, *at: Rule, role: str = "") -> Token:
    """A number of an array, as short as it can be written."""
    return {"array": array, "at": list(at), "role": role}


def label(step: Rule = "t", role: str = "") -> Token:
    """What stands over a step."""
    return {"label": step, "role": role}


def each(tokens: Sequence[Token], *, over: str, stop: Rule, start: Rule = 0, join: str = " + ", most: int = 4) -> Token:
    """The tokens once for every `over` from `start` up to `stop` (excluded); after `most` an ellipsis and the count."""
    return {"each": list(tokens), "over": over, "start": start, "stop": stop, "join": join, "most": most}


def only(array: str, line: Sequence[Token], otherwise: Sequence[Token] = ()) -> dict[str, Any]:
    """A line for those steps at which `array` (T,) is not zero; `otherwise` stands there at the others."""
    return {"only": array, "line": list(line), "otherwise": list(otherwise)}


@dataclass(frozen=True, eq=False)
class Arcs:
    """An encoder and its decoder in one chain over the columns, and arcs from the selected step to what it looks at."""

    first: int  # step at which the decoder begins
    row: str = ""  # of weights (T, units), unit k being that of step first + k; "": no arcs, one state goes on
    names: tuple[str, str, str] = ("encoder reads", "decoder writes", "one vector")


@dataclass(frozen=True, eq=False)
class Strip:
    """The unrolled network above the rows."""

    layers: Sequence[Layer] = ()
    links: Sequence[Link] = field(default_factory=tuple)
    arcs: Arcs | None = None  # in place of layers and links


@dataclass(frozen=True, eq=False)
class Frames:
    """Moments of a training to scrub through in the browser, and a small chart of what it came to (0 to 1)."""

    places: Sequence[int]  # (F,) training step of each moment
    arrays: Mapping[str, np.ndarray]  # a row's or array's name -> its numbers at every moment (F, ...)
    end: int  # last step of the training
    curve_places: np.ndarray  # (S,) steps of the chart's points, more than the moments while it trains
    curves: np.ndarray  # (S, C); NaN: nothing there
    roles: Sequence[str]  # (C,) colours
    units: Sequence[str]  # (C,) names
    label: str  # over the chart
    now: int = -1  # the moment to show first, and again when it changes; negative: from the end
    name: str = "step"
    level: float | None = None  # a dashed line, with its name
    level_name: str = ""
    empty: str = ""  # said where there is no curve yet
    top: float = 1.0  # upper end of the chart; what is larger is drawn there
    texts: Sequence[Mapping[str, Any]] = ()  # (F,) where the moments differ in them: their steps, units of rows, words


def show(
    key: str,
    steps: Sequence[str],  # (T,) tokens, or numbers as text
    rows: Sequence[Row],
    *,
    strip: Strip | None = None,
    lines: Sequence[Line] = (),  # the numbers panel
    arrays: Mapping[str, np.ndarray] | None = None,  # further numbers for the lines
    masked: Mapping[str, np.ndarray] | None = None,  # for those, true: shown as "?"
    words: Mapping[str, Sequence[str]] | None = None,  # texts for the lines
    marks: Mapping[int, str] | None = None,  # step -> what to say there (a clause ends); a line is drawn after it
    select: Mapping[str, int] | None = None,  # where to begin and where to go when it changes: {"t": 0, "u": 3}
    backward: bool = False,  # play from the last step to the first
    step_name: str = "t",
    columns: int | None = None,  # more than the steps where another moment has more of them
    frames: Frames | None = None,
    height: int = 276,  # px for the rows, at most, where they can shrink
    reach: tuple[int, int] = (0, 0),  # how many steps before the selected one it looks at, and from which step on
) -> None:
    """Mount the scene under `key`."""
    _refuse(columns or len(steps), rows)
    strip = strip or Strip()
    packed = {**(arrays or {}), **_arrays(rows, strip)}
    hidden = {**(masked or {}), **{row.name: row.masked for row in rows if row.masked is not None}}
    packed |= {f"{name}.masked": _like(mask, packed[name]) for name, mask in hidden.items()}
    header = {
        "steps": list(steps), "columns": columns or len(steps), "rows": [_row(row) for row in rows],
        "layers": [{"row": layer.row, "symbol": layer.symbol} for layer in strip.layers],
        "links": [_link(link) for link in strip.links],
        "lines": [line if isinstance(line, dict) else list(line) for line in lines],
        "words": {name: list(texts) for name, texts in (words or {}).items()},
        "arcs": vars(strip.arcs) if strip.arcs else None,
        "marks": {str(step): text for step, text in (marks or {}).items()},
        "select": dict(select or {}), "backward": backward, "stepName": step_name, "height": height,
        "reach": reach[0], "reachFrom": reach[1],
        "frames": _frames(frames) if frames else None,
    }  # fmt: skip
    # The sign keeps the arrays' names apart from the header's.
    moments = {f"#{name}": array for name, array in _moments(frames).items()} if frames else {}
    data = scenes.pack(header, {f"@{name}": array for name, array in packed.items()} | moments)
    scenes.scene("timeline")(key=key, data=data)


def _arrays(rows: Sequence[Row], strip: Strip) -> dict[str, np.ndarray]:
    """Name every array of the rows and of the network."""
    found = {row.name: row.values.reshape(len(row.values), -1) for row in rows}
    found |= {f"{row.name}.start": row.start for row in rows if row.start is not None}
    found |= {f"{row.name}.{part}": row.flow[part] for row in rows if row.kind == "flow" for part in FLOW}
    found |= {f"{row.name}.targets": row.targets for row in rows if row.targets is not None}
    found |= {f"{x.row}.present": np.asarray(x.present, bool) for x in strip.layers if x.present is not None}
    return found | {f"link {k}": link.values for k, link in enumerate(strip.links) if link.values is not None}


def _row(row: Row) -> dict[str, Any]:
    shape = ("height", "floor", "cell", "span", "beside")
    parts = ("name", "symbol", "label", "role", "kind", "scale", "limit", "axis", *shape)
    lists = {part: list(getattr(row, part)) for part in ("units", "roles", "dashed")}
    return {part: getattr(row, part) for part in parts} | lists


def _frames(frames: Frames) -> dict[str, Any]:
    parts = ("end", "label", "name", "level", "empty", "top")
    lists = {part: list(getattr(frames, part)) for part in ("places", "roles", "units", "texts")}
    return {part: getattr(frames, part) for part in parts} | lists | {
        "arrays": list(frames.arrays), "now": frames.now % len(frames.places), "levelName": frames.level_name,
    }  # fmt: skip


def _moments(frames: Frames) -> dict[str, np.ndarray]:
    return {**frames.arrays, "curves": frames.curves, "curvePlaces": frames.curve_places}


def _link(link: Link) -> dict[str, Any]:
    return {part: getattr(link, part) for part in ("source", "target", "label", "dt", "role")}


def _like(mask: np.ndarray, array: np.ndarray) -> np.ndarray:
    """Give a mask the shape of its array: one truth per step stands for all units."""
    mask = np.asarray(mask, bool)
    return np.broadcast_to(mask.reshape(mask.shape + (1,) * (array.ndim - mask.ndim)), array.shape)


def _refuse(columns: int, rows: Sequence[Row]) -> None:
    if not 1 <= columns <= MAX_STEPS:
        raise ValueError(f"{columns} steps cannot be drawn; use 1 to {MAX_STEPS}")
    for row in rows:
        if len(row.values) != columns:
            raise ValueError(f"row {row.name} has {len(row.values)} steps but there are {columns} labels")
        if row.values.size > MAX_NUMBERS:
            raise ValueError(f"row {row.name} has {row.values.size} numbers; at most {MAX_NUMBERS} can be drawn")
        if row.kind not in KINDS or row.scale not in SCALES:
            raise ValueError(f"row {row.name}: kind is one of {', '.join(KINDS)}, scale one of {', '.join(SCALES)}")

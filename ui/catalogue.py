"""The one list of lessons: what the menu, the home page, the router and the tests read."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent

CHAPTERS = {
    "vision": "Images",
    "sequence": "Sequences",
    "words": "Words",
    "faces": "Faces",
}


@dataclass(frozen=True)
class Lesson:
    """One lesson of the course; its order in `LESSONS` is its order in the menu."""

    chapter: str  # folder under pages/ and key of CHAPTERS
    url: str  # the page's address, and its file name with - for _
    title: str
    icon: str  # a Material symbol
    claim: str  # one line: the question that the picture answers

    @property
    def script(self) -> Path:
        return ROOT / "pages" / self.chapter / f"{self.url.replace('-', '_')}.py"

    @property
    def recipe(self) -> Path:
        return self.script.with_name(f"{self.script.stem}_recipe.py")


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "vision",
        "convolution",
        "Convolution",
        ":material/grid_on:",
        "How does a kernel turn pixels into a feature map?",
    ),
    Lesson(
        "vision",
        "output-size",
        "Output size",
        ":material/straighten:",
        "How big is what comes out, and what do stride and padding cost?",
    ),
    Lesson("sequence", "why-order", "Why order", ":material/swap_horiz:", "Why not just count the words?"),
    Lesson(
        "sequence", "rnn-step-by-step", "RNN step by step", ":material/linear_scale:", "What is in the hidden state?"
    ),
    Lesson("sequence", "bptt", "Backprop in time", ":material/undo:", "How does the error travel back in time?"),
    Lesson(
        "sequence",
        "vanishing-gradients",
        "Vanishing gradients",
        ":material/trending_down:",
        "Why does it forget the beginning?",
    ),
    Lesson("sequence", "lstm-gates", "LSTM gates", ":material/door_sliding:", "What does it keep, write and show?"),
    Lesson(
        "sequence",
        "gru-bidirectional-deep",
        "GRU variations",
        ":material/layers:",
        "What changes with fewer gates, both directions, more layers?",
    ),
    Lesson("sequence", "forecasting", "Forecasting", ":material/show_chart:", "Can it tell next month's sales?"),
    Lesson("sequence", "char-rnn", "Letter by letter", ":material/keyboard:", "How does a network write?"),
    Lesson(
        "sequence",
        "encoder-decoder",
        "Encoder–decoder",
        ":material/translate:",
        "How does one sequence become another?",
    ),
    Lesson("words", "word-map", "Word map", ":material/scatter_plot:", "Do neighbours mean the same?"),
    Lesson("faces", "capture", "Capture faces", ":material/photo_camera:", "How does a face data set come about?"),
    Lesson("faces", "verify", "Verify a face", ":material/how_to_reg:", "Is this the same person?"),
)

BY_URL = {lesson.url: lesson for lesson in LESSONS}

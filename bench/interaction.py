"""What a lesson feels like in a real browser: hover, step, slider, getting there.

    python -m bench.interaction
    python -m bench.interaction --pages convolution --repeat 50

"After paint" is the first task after the next animation frame, counted from the moment the page hears of the event.
"""

import argparse
import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Browser, Error, Locator, Page

from bench import browsing, serving
from bench.browsing import Visit
from bench.table import milliseconds, print_table

SCENE = "[data-scene]"  # the root of every scene; it counts its redraws in data-drawn
DRAWN = "[data-scene][data-drawn]:not([data-drawn='0'])"
PRESETS = ".st-key-lesson-presets button"
KEYS_GO_TO = "[data-scene] [tabindex='0'], [data-scene][tabindex='0']"
SLIDER = "[data-testid=stMain] [data-testid=stSlider] input[type=range]:not([disabled])"
NUMBER = "[data-testid=stMain] [data-testid=stNumberInput] input:not([disabled])"
FOLDED = ".st-key-lesson-body [data-testid=stColumn]:first-child details:not([open]) > summary"
# Where the widest slider changes no picture at once (a training comes first, or it does not fit): a link, and one that
# does.
AT_ONCE = {
    "output-size": ("?height=40&width=40", "Kernel rows"),
    "word-map": ("?corpus=Wikipedia+extract&members=all+words&min_count=5&most=1000", "Words on the map"),
    "bptt": ("", "Steps"),
    "verify": ("", "Embedding, numbers"),
}
# Where a slider can ask for very much: a link, and the slider.
MOST = {"word-map": ("?corpus=Wikipedia+extract&members=all+words&min_count=4&most=1000", "Words on the map")}
HEADS = ("page", "measure", "median", "p95", "n", "")

# Runs in the page before anything else. `spans` holds the milliseconds of every event of the kind that is armed, from
# the first listener to after the paint; `settled` is the promise of the span that ends when an element changes.
CLOCK = """
const afterPaint = () => new Promise(done => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now());
    channel.port2.postMessage(0);
}));
const clock = {spans: [], kind: null, begun: 0, settled: null};
for (const kind of ["pointermove", "keydown", "click"]) {
    window.addEventListener(kind, async () => {
        clock.begun = performance.now();
        if (clock.kind !== kind) return;
        const begun = clock.begun;
        clock.spans.push(await afterPaint() - begun);
    }, {capture: true});
}
clock.arm = kind => { clock.kind = kind; clock.spans = []; };
clock.watch = element => {
    clock.settled = new Promise((done, fail) => {
        const patience = setTimeout(() => fail(new Error("nothing was redrawn within 10 s")), 10000);
        const observer = new MutationObserver(async () => {
            observer.disconnect();
            clearTimeout(patience);
            done(await afterPaint() - clock.begun);
        });
        const scene = element.matches("[data-scene]");
        observer.observe(element, scene ? {attributeFilter: ["data-drawn"]}
                                        : {subtree: true, childList: true, characterData: true});
    });
    clock.settled.catch(() => {});
};
window.clock = clock;
"""

EMPTY_APP = """
import streamlit as st

value = st.slider("Value", 0, 100, 3, key="value", bind="query-params")
with st.container(key="answer"):
    st.write(f"The value is {value}")
"""

Row = tuple[str, ...]


def row(page: str, measure: str, seconds: Sequence[float], note: str = "") -> Row:
    return (page or "home", measure, *milliseconds(seconds), str(len(seconds)), note)


def new_tab(browser: Browser) -> Visit:
    visit = Visit(browser)
    visit.page.add_init_script(CLOCK)
    return visit


def scene_of(page: Page) -> Locator:
    page.locator(DRAWN).first.wait_for(state="attached")
    return page.locator(SCENE).first


def spans_of(page: Page, kind: str, events: Callable[[], None]) -> list[float]:
    """Seconds from each event of that kind to after the paint, while `events` makes them."""
    page.evaluate("kind => clock.arm(kind)", kind)
    events()
    page.wait_for_timeout(200)
    spans = page.evaluate("clock.spans")
    page.evaluate("clock.arm(null)")
    return [span / 1000 for span in spans]


def hover(visit: Visit, path: str, repeat: int) -> Row:
    scene = scene_of(visit.page)
    scene.scroll_into_view_if_needed()
    box = scene.bounding_box()
    assert box, f"{path}: the scene has no size"

    def sweep() -> None:
        for k in range(repeat):
            across, down = (k * 0.381966) % 1, (k * 0.6180339) % 1  # spots all over, no two alike
            x, y = box["x"] + (0.05 + 0.9 * across) * box["width"], box["y"] + (0.05 + 0.9 * down) * box["height"]
            visit.page.mouse.move(x, y)
            visit.page.wait_for_timeout(40)

    asked, drawn = len(visit.sent), redraws(scene)
    spans = spans_of(visit.page, "pointermove", sweep)
    return row(path, "hover, after paint", spans, f"{redraws(scene) - drawn} redraws, {messages(visit, asked)}")


def step(visit: Visit, path: str, repeat: int) -> Row:
    scene = scene_of(visit.page)
    visit.page.locator(KEYS_GO_TO).first.focus()
    asked, drawn = len(visit.sent), redraws(scene)

    def press() -> None:
        for _ in range(repeat):
            visit.page.keyboard.press("ArrowRight")
            visit.page.wait_for_timeout(40)

    spans = spans_of(visit.page, "keydown", press)
    note = f"{redraws(scene) - drawn} redraws, {messages(visit, asked)}"
    return row(path, "step by arrow key, after paint", spans, note)


def redraws(scene: Locator) -> int:
    return int(scene.get_attribute("data-drawn") or 0)


def messages(visit: Visit, before: int) -> str:
    return f"{len(visit.sent) - before} messages to the server"


def widest(page: Page, kind: str, label: str = "") -> Locator | None:
    """The control of that kind with the most stops, of those that can be used now."""
    labelled = page.locator(f"{kind}[aria-label^='{label}']") if label else page.locator(kind)
    found = [each for each in labelled.all() if each.is_visible()]
    return max(found, key=lambda each: each.evaluate("e => (e.max - e.min) / (e.step || 1)"), default=None)


def control_of(page: Page, label: str) -> tuple[str, Locator] | None:
    """The control to move: a slider, one out of a folded group if none is in sight, or a number field."""
    if chosen := widest(page, SLIDER, label):
        return "slider", chosen
    for group in page.locator(FOLDED).element_handles():  # a locator would no longer find what it has opened
        group.click()
    page.wait_for_timeout(500)
    if chosen := widest(page, SLIDER, label):
        return "slider", chosen
    chosen = widest(page, NUMBER)
    return ("number field", chosen) if chosen else None


def moves_of(control: Locator, changing: Locator, repeat: int) -> Iterator[tuple[bool, float]]:
    """Walk a control to and fro; whether each value is new, and the seconds until `changing` shows it."""
    page = control.page
    control.focus()
    seen = {control.input_value()}
    key = "ArrowUp"
    for _ in range(repeat):
        if control.evaluate("e => e.value === e.max"):
            key = "ArrowDown"
        elif control.evaluate("e => e.value === e.min"):
            key = "ArrowUp"
        changing.evaluate("element => clock.watch(element)")
        page.keyboard.press(key)
        seconds = page.evaluate("clock.settled") / 1000
        yield control.input_value() not in seen, seconds
        seen.add(control.input_value())
        page.wait_for_timeout(300)


def control(visit: Visit, path: str, repeat: int, empty: float) -> list[Row]:
    link, label = AT_ONCE.get(path, ("", ""))
    if label:
        visit.open(visit.page.url.split("?")[0] + link)
        scene_of(visit.page)
    found = control_of(visit.page, label)
    if found is None:
        return [row(path, "slider to picture", [], "nothing to move on this page")]
    kind, chosen = found
    label = chosen.get_attribute("aria-label") or ""
    try:
        moves = list(moves_of(chosen, scene_of(visit.page), repeat))
    except Error:
        return [row(path, f"{kind} to picture", [], f"{label}: the scene did not redraw")]
    rows = []
    for wanted, which in ((True, "new value"), (False, "value seen before")):
        seconds = [span for new, span in moves if new == wanted]
        if seconds:
            median = sorted(seconds)[len(seconds) // 2]
            note = f"{label}: {median / empty:.2f} x the empty app"
            rows.append(row(path, f"{kind} to picture, {which}", seconds, note))
    return rows


def presets(visit: Visit, path: str) -> Row:
    """Press each preset: another picture, whatever has to be computed for it."""
    spans, others = [], []
    for button in visit.page.locator(PRESETS).all()[::-1]:  # the first is what the page opens on
        scene_of(visit.page).evaluate("element => clock.watch(element)")
        button.click()
        try:
            spans.append(visit.page.evaluate("clock.settled") / 1000)
        except Error:  # another scene has taken its place, or a training begins first
            others.append(button.inner_text())
        visit.page.wait_for_timeout(500)
    return row(path, "preset to picture", spans, f"not counted: {', '.join(others)}" if others else "")


def most(visit: Visit, path: str, repeat: int) -> Iterator[Row]:
    """Move the slider that can ask for very much from one end to the other."""
    if path not in MOST:
        return
    link, label = MOST[path]
    visit.open(visit.page.url.split("?")[0] + link)
    spans, scene = [], scene_of(visit.page)
    found = control_of(visit.page, label)
    assert found, f"{path}: there is no slider {label}"
    for _ in range(repeat):
        for key in ("Home", "End"):
            scene.evaluate("element => clock.watch(element)")
            found[1].press(key)
            seconds = visit.page.evaluate("clock.settled") / 1000
            visit.page.wait_for_timeout(500)
        spans.append(seconds)
    yield row(path, "slider to its end", spans, f"{label}: {scene.get_attribute('data-points')} points")


@contextlib.contextmanager
def empty_app(browser: Browser, repeat: int) -> Iterator[Callable[[], list[float]]]:
    """Serve an app with one slider and one line of text, to make the same move in it when asked.

    That is what Streamlit itself costs, here and at that moment: machines are not equally fast all the time.
    """

    def move() -> list[float]:
        visit = new_tab(browser)
        visit.open(server.url)
        answer = visit.page.locator(".st-key-answer")
        seconds = [span for _, span in moves_of(visit.page.locator(SLIDER), answer, repeat)]
        visit.close()
        return seconds

    with tempfile.TemporaryDirectory(prefix="glassbox-") as folder:
        script = Path(folder, "empty.py")
        script.write_text(EMPTY_APP)
        with serving.serve(script) as server:
            yield move


def arrivals(browser: Browser, url: str, path: str, repeat: int) -> list[Row]:
    """From the menu's click, and from the address of a browser that has never been here, to the picture."""
    clicks, links = [], []
    for _ in range(repeat):
        visit = new_tab(browser)
        visit.open(url)
        begun = time.perf_counter()
        visit.page.locator(f"[data-testid=stSidebarNavLink][href$='/{path}']").click()
        visit.page.locator(DRAWN).first.wait_for(state="attached")
        clicks.append(time.perf_counter() - begun)
        visit.close()
        visit = new_tab(browser)
        begun = time.perf_counter()
        visit.page.goto(f"{url}/{path}", wait_until="commit")
        visit.page.locator(DRAWN).first.wait_for(state="attached")
        links.append(time.perf_counter() - begun)
        visit.close()
    return [row(path, "menu to picture", clicks), row(path, "link to picture, empty browser cache", links)]


def first_visit(browser: Browser, lesson: str) -> list[Row]:
    """From the start of the server to a usable home page, and on to the picture of a lesson that needs a model."""
    begun = time.perf_counter()
    with serving.serve(wait=False) as server:
        visit = new_tab(browser)
        while True:
            try:
                visit.page.goto(server.url, wait_until="commit")
                break
            except Error:
                if time.perf_counter() - begun > serving.START_SECONDS:
                    raise
                time.sleep(0.02)
        visit.settle()
        visit.page.get_by_role("heading", level=1).first.wait_for()
        home = time.perf_counter() - begun
        visit.page.locator(f"[data-testid=stSidebarNavLink][href$='/{lesson}']").click()
        visit.page.locator(DRAWN).first.wait_for(state="attached", timeout=browsing.SETTLE_MS)
        picture = time.perf_counter() - begun
        visit.close()
    return [row("", "usable after start", [home]), row(lesson, "picture after start, by way of home", [picture])]


def lessons_of(browser: Browser, url: str) -> list[str]:
    visit = new_tab(browser)
    visit.open(url)
    links = visit.page.locator("[data-testid=stSidebarNavLink]").evaluate_all("all => all.map(e => e.pathname)")
    visit.close()
    return [path.rsplit("/", 1)[-1] for path in links if path.rsplit("/", 1)[-1]]


def measure(browser: Browser, pages: Sequence[str] | None, repeat: int) -> Iterator[Row]:
    with empty_app(browser, repeat) as move_in_empty_app, serving.serve() as server:
        paths = list(pages or lessons_of(browser, server.url))
        for path in paths:
            visit = new_tab(browser)
            visit.open(f"{server.url}/{path}")
            try:
                scene_of(visit.page)
            except Error:
                yield row(path, "no scene on this page", [])
                continue
            yield hover(visit, path, repeat)
            yield step(visit, path, repeat)
            empty = move_in_empty_app()
            yield row(path, "(in an empty app) slider to text", empty)
            yield presets(visit, path)
            yield from control(visit, path, repeat, sorted(empty)[len(empty) // 2])
            yield from most(visit, path, max(3, repeat // 6))
            visit.close()
            yield from arrivals(browser, server.url, path, max(3, repeat // 6))
    yield from first_visit(browser, paths[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", nargs="+", help="addresses of lessons; all of the menu unless named")
    parser.add_argument("--repeat", type=int, default=30, help="times each thing is done")
    options = parser.parse_args()
    with browsing.chromium() as browser:
        print_table(HEADS, list(measure(browser, options.pages, options.repeat)))


if __name__ == "__main__":
    main()

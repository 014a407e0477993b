"""The app as a whole in a real browser: every page by its own link, the menu, the way back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from bench import serving
from bench.browsing import Visit
from ui.catalogue import BY_URL, CHAPTERS, LESSONS

PATHS = ["", *(lesson.url for lesson in LESSONS)]
SCREENS = {"projector": (1280, 800, "light"), "phone": (390, 844, "dark")}
MENU_LINK = "[data-testid=stSidebarNavLink]"
SIDEWAYS = """[document.documentElement, ...document.querySelectorAll('[data-testid=stMain]')]
    .map(e => e.scrollWidth - e.clientWidth).reduce((a, b) => Math.max(a, b))"""


def complaints(visit: Visit) -> list[str]:
    """Everything that must not be on a page: exceptions, browser errors, requests to other hosts."""
    shown = visit.page.locator("[data-testid=stException]").all_inner_texts()
    return [*shown, *visit.errors, *visit.strangers]


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path or "home")
def test_a_page_opens_by_its_own_link(path: str, screen: str, app_url: str, new_visit: Callable[..., Visit]) -> None:
    visit = new_visit(*SCREENS[screen])
    visit.open(f"{app_url}/{path}")
    expect(visit.page.get_by_role("heading", level=1).first).to_be_visible()
    assert not complaints(visit)
    assert visit.page.evaluate(SIDEWAYS) <= 1, f"{path or 'home'} is wider than a {screen}"


def test_a_link_to_a_lesson_works_on_a_server_that_has_seen_nobody(desktop: Visit) -> None:
    with serving.serve() as cold:
        desktop.open(f"{cold.url}/{LESSONS[-1].url}")
        expect(desktop.page.get_by_role("heading", level=1).first).to_be_visible()
        expect(desktop.page.locator(MENU_LINK)).to_have_count(len(PATHS))
        assert not complaints(desktop)


def test_a_page_of_which_nothing_is_there_yet_shows_a_field_in_its_place(app_url: str, desktop: Visit) -> None:
    desktop.open(f"{app_url}/{LESSONS[0].url}")
    empty = desktop.page.evaluate(
        """() => {
            const main = document.querySelector("[data-testid=stMainBlockContainer] > [data-testid=stVerticalBlock]");
            main.replaceChildren();
            return getComputedStyle(main, "::before").height;
        }"""
    )
    assert empty == "480px"


def test_a_slider_moved_quickly_there_and_back_is_answered_to_the_end(app_url: str, desktop: Visit) -> None:
    desktop.open(f"{app_url}/rnn-step-by-step")
    slider = desktop.page.locator(".st-key-length input").first
    slider.focus()
    for key in ["ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown", "ArrowDown"] * 6:
        slider.press(key)
        desktop.page.wait_for_timeout(35)
    desktop.settle()  # still connected, and its script has ended
    expect(desktop.page).to_have_url(re.compile(f"length={slider.get_attribute('value')}$"))
    assert not complaints(desktop)


def test_the_menu_shows_every_lesson_under_its_chapter(app_url: str, desktop: Visit) -> None:
    desktop.open(app_url)
    menu = desktop.page.locator("[data-testid=stSidebarNav]")
    for link, title in zip(menu.locator(MENU_LINK).all(), ["Home", *(lesson.title for lesson in LESSONS)], strict=True):
        expect(link).to_be_visible()
        expect(link).to_contain_text(title)
    chapters = dict.fromkeys(CHAPTERS[lesson.chapter] for lesson in LESSONS)
    expect(menu.locator("[data-testid=stNavSectionHeader]")).to_contain_text(list(chapters))


def test_the_browsers_back_button_returns_to_the_page_before(app_url: str, desktop: Visit) -> None:
    first, second = LESSONS[0], LESSONS[-1]
    desktop.open(f"{app_url}/{first.url}")
    desktop.page.locator(MENU_LINK).filter(has_text=second.title).click()
    heading = desktop.page.get_by_role("heading", level=1).first
    expect(heading).to_contain_text(second.title)
    desktop.page.go_back()
    expect(heading).to_contain_text(first.title)
    assert f"/{first.url}" in desktop.page.url
    assert not complaints(desktop)


def test_a_control_of_the_same_name_in_another_lesson_begins_at_its_own_default(app_url, desktop):
    desktop.open(f"{app_url}/gru-bidirectional-deep?units=2")
    page = desktop.page
    page.locator(MENU_LINK, has_text=BY_URL["encoder-decoder"].title).click()
    expect(page.get_by_role("slider", name="Units")).to_have_value("32")
    desktop.settle()
    assert page.get_by_test_id("stException").count() == 0

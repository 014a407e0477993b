"""What live cameras cost: frames a second and search time for 1, 2 and 4 streams at once.

python -m bench.cameras
"""

import re
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Browser

from bench import browsing, film, serving
from bench.browsing import Visit

SECONDS = 15
STATUS = re.compile(r"(\d+) frames a second · search (\d+) ms")


def measure(browser: Browser, server: serving.Server, streams: int) -> str:
    """Let so many cameras run for a while; return a row of the table."""
    visits = [Visit(browser) for _ in range(streams)]
    for visit in visits:
        visit.open(f"{server.url}/capture")
        visit.page.frame_locator("iframe").get_by_text("START").click()
        visit.page.get_by_text("1 face in the picture").wait_for(timeout=60_000)
    web = psutil.Process(server.pid)
    web.cpu_percent()
    time.sleep(SECONDS)
    load = web.cpu_percent()
    seen = [STATUS.search(visit.page.get_by_text("frames a second").inner_text()) for visit in visits]
    rates, searches = zip(*((int(found[1]), int(found[2])) for found in seen if found), strict=True)
    for visit in visits:
        visit.close()
    time.sleep(4)  # their places become free
    return f"| {streams} | {min(rates)}–{max(rates)} | {min(searches)}–{max(searches)} ms | {load:.0f} % of a core |"


def main() -> None:
    print("| streams | frames a second | search | web process |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder, serving.serve() as server, browsing.chromium() as plain:
        filmed = film.browser_with_camera(plain, film.write(Path(folder, "face.y4m"), film.one_face()))
        for streams in (1, 2, 4):
            print(measure(filmed, server, streams), flush=True)
        filmed.close()


if __name__ == "__main__":
    main()

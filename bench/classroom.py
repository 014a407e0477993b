"""A class opens the app at once and everybody plays with it: how long does each of them wait?

    python -m bench.classroom --start --sessions 100 --every 2 --seconds 60
    python -m bench.classroom --url https://glassbox.example --sessions 30 --pages convolution rnn-step-by-step

Every session is one student on one page (the pages take turns) and speaks Streamlit's own protocol.
"""

import argparse
import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import psutil
from websockets.exceptions import WebSocketException

from bench import serving
from bench.protocol import Answer, Session, SessionError
from bench.table import milliseconds, print_table

MB = 1024 * 1024


@dataclass
class Lesson:
    """What the students of one page lived through."""

    sessions: int = 0
    joins: list[float] = field(default_factory=list)  # seconds
    moves: list[Answer] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    received: int = 0  # bytes
    movable: bool = True  # the page has a slider or a number field


@dataclass
class Weight:
    """The most that the server's processes took while the class was on."""

    web: int = 0  # bytes, resident
    worker: int = 0  # bytes, resident, of the largest
    share: int = 0  # bytes of the largest at the end, pages that several processes use divided among them
    workers: int = 0


async def student(lesson: Lesson, session: Session, options: argparse.Namespace, delay: float, end: float) -> None:
    """Join after `delay` seconds, then move a widget every now and then until `end`."""
    await asyncio.sleep(delay)
    try:
        lesson.joins.append(await session.join())
        while session.controls:
            pause = options.every * session.chance.uniform(0.5, 1.5)
            if time.perf_counter() + pause > end:
                break
            await asyncio.sleep(pause)
            lesson.moves.append(await session.move())
            lesson.errors.update(session.exceptions)
        lesson.movable = bool(session.controls)
        await asyncio.sleep(max(0.0, end - time.perf_counter()))
    except TimeoutError:
        lesson.errors[f"no answer within {session.timeout:g} s"] += 1
    except (SessionError, OSError, WebSocketException) as error:
        lesson.errors[f"{type(error).__name__}: {error}"] += 1
    finally:
        lesson.received += session.received
        await session.leave()


async def pages_of(url: str) -> list[str]:
    """The pages in the app's menu."""
    session = Session(url)
    try:
        await session.join()
    finally:
        await session.leave()
    return session.menu or [""]


async def hold_class(url: str, pid: int | None, options: argparse.Namespace) -> tuple[dict[str, Lesson], Weight]:
    pages = options.pages or await pages_of(url)
    lessons = {page: Lesson() for page in pages}
    end = time.perf_counter() + options.ramp + options.seconds
    students = []
    for number in range(options.sessions):
        page = pages[number % len(pages)]
        lessons[page].sessions += 1
        session = Session(url, page, chance=random.Random(number), timeout=options.timeout)
        students.append(student(lessons[page], session, options, options.ramp * number / options.sessions, end))
    async with weighing(pid) as weight:
        await asyncio.gather(*students)
    return lessons, weight


@contextlib.asynccontextmanager
async def weighing(pid: int | None) -> AsyncIterator[Weight]:
    """Look at the server's memory every second."""
    weight = Weight()

    async def watch(server: psutil.Process) -> None:
        while True:
            sizes = sizes_of_workers(server, lambda worker: worker.memory_info().rss)
            weight.web = max(weight.web, server.memory_info().rss)
            weight.worker = max([weight.worker, *sizes])
            weight.workers = max(weight.workers, len(sizes))
            await asyncio.sleep(1)

    if pid is None:
        yield weight
        return
    watcher = asyncio.create_task(watch(psutil.Process(pid)))
    try:
        yield weight
    finally:
        watcher.cancel()
        # Told on Linux only, and by walking all pages, so it is asked once.
        shares = sizes_of_workers(psutil.Process(pid), lambda worker: getattr(worker.memory_full_info(), "pss", 0))
        weight.share = max(shares, default=0)


def sizes_of_workers(server: psutil.Process, size: Callable[[psutil.Process], int]) -> list[int]:
    sizes = []
    for child in server.children(recursive=True):
        with contextlib.suppress(psutil.Error):  # one may end just now
            if "spawn_main" in " ".join(child.cmdline()):
                sizes.append(size(child))
    return sizes


def report(lessons: dict[str, Lesson], weight: Weight) -> None:
    everything = Lesson()
    rows = []
    for page, lesson in lessons.items():
        rows.append(row(page or "home", lesson))
        everything.sessions += lesson.sessions
        everything.joins += lesson.joins
        everything.moves += lesson.moves
        everything.errors += lesson.errors
        everything.received += lesson.received
    heads = ["page", "sessions", "join p50", "join p95", "moves", "picture p50", "picture p95",
             "move p50", "move p95", "errors", "MB received"]  # fmt: skip
    print_table(heads, [*rows, row("all", everything)])
    if weight.web:
        print(f"\nweb process at most {weight.web / MB:.0f} MB; the largest of {weight.workers} workers "
              f"{weight.worker / MB:.0f} MB resident, {weight.share / MB:.0f} MB its share of all memory")  # fmt: skip
    for error, count in everything.errors.most_common():
        print(f"\n{count} x {error}")


def row(name: str, lesson: Lesson) -> list[str]:
    return [
        name if lesson.movable else f"{name} (nothing to move)",
        str(lesson.sessions),
        *milliseconds(lesson.joins),
        str(len(lesson.moves)),
        *milliseconds([move.picture for move in lesson.moves]),
        *milliseconds([move.end for move in lesson.moves]),
        str(lesson.errors.total()),
        f"{lesson.received / MB:.1f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--start", action="store_true", help="start a server for the class, and end it afterwards")
    where.add_argument("--url", help="the address of a running server")
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--every", type=float, default=2.0, help="seconds between two moves of one student, ± half")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the class lasts once all have joined")
    parser.add_argument("--ramp", type=float, default=5.0, help="seconds over which the class joins")
    parser.add_argument("--pages", nargs="+", help="addresses of pages; all of the menu unless named")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds after which a student gives up")
    parser.add_argument("--settle", type=float, default=20.0, help="seconds a started server gets to warm its workers")
    options = parser.parse_args()
    if options.start:
        with serving.serve() as server:
            time.sleep(options.settle)
            report(*asyncio.run(hold_class(server.url, server.pid, options)))
    else:
        report(*asyncio.run(hold_class(options.url.rstrip("/"), None, options)))


if __name__ == "__main__":
    main()

"""A camera for a browser that has none: Chromium plays a film of a face as its camera's picture."""

from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Browser

from bench import browsing
from engine.faces import samples

WIDTH, HEIGHT = 640, 480


def one_face() -> np.ndarray:
    """The sample picture as a camera would show it: (480, 640, 3) uint8, RGB."""
    frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    frame[:, 80:560] = cv2.resize(samples.picture(), (HEIGHT, HEIGHT))
    return frame


def crowd() -> np.ndarray:
    """Twenty times the face of the sample picture, in five columns: (480, 640, 3) uint8, RGB."""
    face = cv2.resize(samples.picture()[25:205, 130:322], (WIDTH // 5, HEIGHT // 4))
    return np.tile(face, (4, 5, 1))


def write(path: Path, frame: np.ndarray) -> Path:
    """Write a second of film, 15 frames of a picture (480, 640, 3) as YUV 4:2:0."""
    planes = cv2.cvtColor(frame, cv2.COLOR_RGB2YUV_I420).tobytes()
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F15:1 Ip C420jpeg\n".encode() + (b"FRAME\n" + planes) * 15)
    return path


def browser_with_camera(browser: Browser, film: Path, *flags: str) -> Browser:
    """Launch another browser beside `browser`, with further flags; its camera plays the film, for every page."""
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", *flags]
    fake += [f"--use-file-for-fake-video-capture={film}"]
    return browser.browser_type.launch(executable_path=browsing.executable(), args=[*browsing.FLAGS, *fake])

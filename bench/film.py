"""A camera for a browser that has none: Chromium plays a film of a face as its camera's picture."""

from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Browser

from bench import browsing
from engine.faces import samples

WIDTH, HEIGHT = 640, 480


def write(path: Path) -> Path:
    """Write a second of film, 640 x 480 at 15 frames: the sample picture as YUV 4:2:0."""
    frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    frame[:, 80:560] = cv2.resize(samples.picture(), (HEIGHT, HEIGHT))
    planes = cv2.cvtColor(frame, cv2.COLOR_RGB2YUV_I420).tobytes()
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F15:1 Ip C420jpeg\n".encode() + (b"FRAME\n" + planes) * 15)
    return path


def browser_with_camera(browser: Browser, film: Path) -> Browser:
    """Launch another browser beside `browser`; its camera plays the film, and every page may use it."""
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    fake += [f"--use-file-for-fake-video-capture={film}"]
    return browser.browser_type.launch(executable_path=browsing.executable(), args=[*browsing.FLAGS, *fake])

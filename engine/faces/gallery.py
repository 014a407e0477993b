"""The faces of one session: in memory, never written to disk, gone when they are deleted or the session ends."""

import csv
import io
import re
import threading
import unicodedata
import zipfile
from dataclasses import dataclass

import cv2
import numpy as np

MAX_FACES, MAX_PEOPLE, MAX_NAME = 200, 20, 60
FIELDS = ("file", "person", "width", "height", "sharpness", "source")


@dataclass(frozen=True, eq=False)
class Face:
    """One collected face."""

    number: int  # unique within its gallery
    person: str
    pixels: np.ndarray  # (96, 96, 3) uint8, RGB
    found_at: int  # pixels a side of its box in the picture it came from
    sharpness: float  # variance of the Laplacian
    source: str  # "camera" or "picture"


class Gallery:
    """The faces that one session collected; safe to use from the camera's thread and the page's.

    Examples
    --------
    >>> gallery = Gallery()
    >>> face = gallery.add("Ada", np.zeros((96, 96, 3), np.uint8), 120, 35.0, "camera")
    >>> list(gallery.people()), len(gallery)
    (['Ada'], 1)
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faces: list[Face] = []
        self._next = 1

    def __len__(self) -> int:
        with self._lock:
            return len(self._faces)

    def add(self, person: str, pixels: np.ndarray, found_at: int, sharpness: float, source: str) -> Face:
        """Collect a face.

        Parameters
        ----------
        person : str
            A name, at most 60 characters.
        pixels : np.ndarray
            (96, 96, 3) uint8, RGB.
        found_at : int
            Pixels a side of the face in its picture.
        sharpness : float
            Variance of the Laplacian.
        source : str
            "camera" or "picture".

        Returns
        -------
        Face
            As it was kept.

        Raises
        ------
        ValueError
            If the name is empty or too long, or the gallery is full; the message says what would help.
        """
        name = clean(person)
        with self._lock:
            if len(self._faces) >= MAX_FACES:
                raise ValueError(f"there are {MAX_FACES} faces already; download them and delete some")
            if name not in {face.person for face in self._faces} and len(self._people()) >= MAX_PEOPLE:
                raise ValueError(f"there are {MAX_PEOPLE} people already; delete one to add {name}")
            face = Face(self._next, name, pixels.copy(), found_at, sharpness, source)
            self._faces.append(face)
            self._next += 1
            return face

    def people(self) -> dict[str, list[Face]]:
        """Return the faces by person, in the order in which they were collected."""
        with self._lock:
            return self._people()

    def last(self) -> Face | None:
        """Return the face that was collected last, whoever's it is."""
        with self._lock:
            return self._faces[-1] if self._faces else None

    def remove(self, number: int) -> None:
        """Forget one face; nothing happens if it is gone already."""
        with self._lock:
            self._faces = [face for face in self._faces if face.number != number]

    def clear(self) -> None:
        """Forget every face."""
        with self._lock:
            self._faces = []

    def archive(self) -> bytes:
        """Return a zip file: a folder of PNG files per person, and faces.csv with a line per face."""
        file, rows, used = io.BytesIO(), [], dict[str, str]()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for person, faces in self.people().items():
                folder = _folder(person, used)
                for k, face in enumerate(faces, 1):
                    path = f"{folder}/{k:03d}.png"
                    archive.writestr(path, cv2.imencode(".png", face.pixels[:, :, ::-1])[1].tobytes())
                    rows.append(
                        (path, _cell(person), face.found_at, face.found_at, f"{face.sharpness:.1f}", face.source)
                    )
            table = io.StringIO()
            csv.writer(table).writerows([FIELDS, *rows])
            archive.writestr("faces.csv", table.getvalue())
        return file.getvalue()

    def _people(self) -> dict[str, list[Face]]:
        people: dict[str, list[Face]] = {}
        for face in self._faces:
            people.setdefault(face.person, []).append(face)
        return people


def clean(name: str) -> str:
    """Return a name without control characters and outer spaces; raise ValueError if it is empty or too long."""
    kept = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C").strip()
    if not kept:
        raise ValueError("give the person a name first")
    if len(kept) > MAX_NAME:
        raise ValueError(f"a name of {len(kept)} characters is too long; use at most {MAX_NAME}")
    return kept


def _folder(person: str, used: dict[str, str]) -> str:
    """A folder name that every system takes, different for every person."""
    base = re.sub(r"[^\w -]+", "_", person).strip(" ._") or "person"
    folder, k = base, 2
    while folder.lower() in used:
        folder, k = f"{base}-{k}", k + 1
    used[folder.lower()] = person
    return folder


def _cell(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in "=+-@" else text

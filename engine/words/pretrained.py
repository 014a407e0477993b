"""Vectors that others trained, through ``gensim.downloader``: only when a person asks, and only with a connection."""

import socket
from pathlib import Path
from typing import Any

import numpy as np

from engine.compute import task
from engine.words.vectors import WordVectors

# name: (megabytes to fetch, what it is in short and in full); figures of gensim's own list
MODELS = {
    "glove-wiki-gigaword-50": (66, "50-d, Wikipedia", "50 dimensions, Wikipedia 2014 and newswire, 6 billion words"),
    "glove-wiki-gigaword-100": (
        128,
        "100-d, Wikipedia",
        "100 dimensions, Wikipedia 2014 and newswire, 6 billion words",
    ),
    "glove-twitter-25": (105, "25-d, tweets", "25 dimensions, 2 billion tweets"),
}
PATIENCE = 20  # seconds without an answer
MOST = 10_000  # words that are kept, the most frequent


@task(seconds=900, pool="training")
def fetch(name: str) -> WordVectors:
    """Download vectors once and keep the most frequent 10,000 words.

    Parameters
    ----------
    name : str
        One of `MODELS`.

    Returns
    -------
    WordVectors
        In the file's order, which is by frequency; their counts are not known and given as falling ranks.

    Raises
    ------
    ValueError
        If there is no such model, or it cannot be fetched.
    """
    from gensim import downloader

    if name not in MODELS:
        raise ValueError(f"there are no vectors {name}; use one of {', '.join(MODELS)}")
    kept = Path(downloader.BASE_DIR, name, f"{name}.gz")
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)  # gensim asks without one, and a network that answers nothing would hold it
    try:
        return read(kept if kept.exists() else downloader.load(name, return_path=True))
    except Exception as error:  # gensim raises many kinds, and some name the server's folders
        raise ValueError(
            f"{name} could not be fetched ({type(error).__name__}); without a connection use the other corpora"
        ) from None
    finally:
        socket.setdefaulttimeout(before)


def read(path: Any, most: int = MOST) -> WordVectors:
    """Read vectors in word2vec's text form (a first line with two counts, then a word and its numbers a line).

    Parameters
    ----------
    path : path or str
        The file, plain or .gz.
    most : int
        How many words to read.

    Returns
    -------
    WordVectors
        The first words of the file.
    """
    from gensim.models import KeyedVectors

    keyed = KeyedVectors.load_word2vec_format(str(path), binary=False, limit=most)
    counts = np.arange(len(keyed.index_to_key), 0, -1)
    return WordVectors(tuple(keyed.index_to_key), keyed.vectors, counts)

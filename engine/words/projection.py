"""From many dimensions to two or three that can be seen, and how much that costs.

What is projected are the vectors at length 1: on them the straight distance orders words as the cosine does, and the
arithmetic of words is gensim's.
"""

from dataclasses import dataclass

import numpy as np

from engine.compute import task
from engine.words.vectors import WordVectors, largest, unit

PCA2, PCA3, TSNE, AXES = "PCA 2-D", "PCA 3-D", "t-SNE", "chosen axes"
NAMES = (PCA2, PCA3, TSNE, AXES)
TSNE_MOST = 2_000  # words: t-SNE of more takes longer than a lesson waits


@dataclass(frozen=True, eq=False)
class Plane:
    """A flat map of a space: points are (vectors - mean) @ basis."""

    mean: np.ndarray  # (vector_size,)
    basis: np.ndarray  # (vector_size, 2 or 3)
    names: tuple[str, ...]  # of the axes
    zero: bool  # whether 0 means something on these axes

    def __call__(self, vectors: np.ndarray) -> np.ndarray:
        """Project vectors of length 1, (..., vector_size), to (..., 2 or 3)."""
        return ((vectors - self.mean) @ self.basis).astype("float32")


def pca(vectors: np.ndarray, dimensions: int = 2) -> Plane:
    r"""Find the directions of largest variance: the first eigenvectors of :math:`(U - \bar u)^T (U - \bar u)`.

    Parameters
    ----------
    vectors : np.ndarray, (V, vector_size)
        Word vectors, brought to length 1 or not.
    dimensions : {2, 3}
        How many directions; missing ones are zero.

    Returns
    -------
    Plane
        Each direction's largest component is positive, so that the same vectors give the same map everywhere.

    Examples
    --------
    >>> plane = pca(np.array([[1.0, 0], [0, 1], [-1, 0], [0, -1], [1, 0]]))
    >>> plane.basis.shape
    (2, 2)
    """
    rows = vectors.astype(float)
    mean = rows.mean(0)
    values, directions = np.linalg.eigh((rows - mean).T @ (rows - mean))
    basis = np.zeros((rows.shape[1], dimensions))
    have = min(dimensions, rows.shape[1])
    basis[:, :have] = directions[:, ::-1][:, :have]
    biggest = np.take_along_axis(basis, np.abs(basis).argmax(0)[None], 0)[0]
    shares = np.append(values[::-1] / max(values.sum(), 1e-30), np.zeros(dimensions))[:dimensions]
    names = tuple(f"component {k + 1}: {share:.0%} of the variance" for k, share in enumerate(shares))
    return Plane(mean, basis * np.where(biggest < 0, -1, 1), names, False)


def turned(plane: Plane, vectors: np.ndarray, towards: np.ndarray) -> Plane:
    r"""Turn and mirror a map within itself so that it lies as an earlier one does (orthogonal Procrustes).

    :math:`R = U V^T` of the singular value decomposition :math:`P^T T = U \Sigma V^T` (Schönemann 1966).

    Parameters
    ----------
    plane : Plane
        The map to turn.
    vectors : np.ndarray, (V, vector_size)
        Vectors of length 1.
    towards : np.ndarray, (V, dimensions)
        Where the same words were before.

    Returns
    -------
    Plane
        With the same distances between all points.
    """
    points = plane(vectors)
    left, _, right = np.linalg.svd((points - points.mean(0)).T @ (towards - towards.mean(0)))
    return Plane(plane.mean, plane.basis @ (left @ right), plane.names, plane.zero)


def chosen(model: WordVectors, x: tuple[str, str], y: tuple[str, str]) -> Plane:
    r"""Make a map of two differences of words: a word lies at :math:`\hat u \cdot \hat d`, its cosine with each.

    Parameters
    ----------
    model : WordVectors
        The words.
    x, y : tuple of str
        (to, from), such as ("woman", "man").

    Returns
    -------
    Plane
        Zero means: as much the one as the other.

    Raises
    ------
    ValueError
        For an unknown word, or twice the same.
    """
    columns = []
    for to, start in (x, y):
        direction = model.unit[model.find(to)] - model.unit[model.find(start)]
        if not np.any(direction):
            raise ValueError(f"{to} - {start} is no direction; choose two different words")
        columns.append(unit(direction))
    names = tuple(f"{to} − {start} →" for to, start in (x, y))
    return Plane(np.zeros(model.vectors.shape[1]), np.stack(columns, 1).astype(float), names, True)


@task(seconds=40)
def tsne(vectors: np.ndarray, seed: int, perplexity: float = 30.0) -> np.ndarray:
    """Lay out words so that near ones stay near: scikit-learn's t-SNE (van der Maaten and Hinton 2008).

    Parameters
    ----------
    vectors : np.ndarray, (V, vector_size)
        At most 2,000 words.
    seed : int
        Of the optimisation.
    perplexity : float
        About how many neighbours a word keeps; lowered for small vocabularies.

    Returns
    -------
    np.ndarray, (V, 2)
        Distances between clusters and their sizes mean nothing here.
    """
    from sklearn.manifold import TSNE as Layout
    from threadpoolctl import threadpool_limits

    if len(vectors) > TSNE_MOST:
        raise ValueError(f"t-SNE of {len(vectors):,} words takes too long here; show at most {TSNE_MOST:,}")
    perplexity = min(perplexity, max(1.0, (len(vectors) - 1) / 3))
    start = "pca" if min(vectors.shape) >= 2 else "random"
    layout = Layout(perplexity=perplexity, init=start, random_state=seed, max_iter=600)
    with threadpool_limits(
        1
    ):  # its threads wait for one another in tight loops: on a busy machine a hundred times slower
        return layout.fit_transform(unit(vectors)).astype("float32")


def kept(positions: np.ndarray, neighbours: np.ndarray) -> float:
    """Tell which share of the true neighbours are also the nearest on the map, over at most 500 words.

    Parameters
    ----------
    positions : np.ndarray, (V, 2 or 3)
        The map.
    neighbours : np.ndarray, (V, K)
        True neighbours.

    Returns
    -------
    float
        0 to 1.
    """
    some = np.unique(np.linspace(0, len(positions) - 1, min(500, len(positions)), dtype=int))
    squares = (positions**2).sum(1)
    distance = squares[some, None] + squares[None] - 2 * positions[some] @ positions.T
    distance[np.arange(len(some)), some] = np.inf
    k = neighbours.shape[1]
    near = largest(-distance, k)
    hits = near[:, :, None] == neighbours[some][:, None, :]
    return float(hits.sum() / (len(some) * k))

"""Small tables as Markdown: they look like the text around them, and cost a tenth of a data frame."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from ui.lesson import minus, plain


def markdown(heads: Sequence[str], rows: Iterable[Sequence[str]], text: Collection[int] = (0,)) -> str:
    """Write a table; its columns of numbers are set to the right, with the minus sign of the pictures.

    Parameters
    ----------
    heads : sequence of str
        One for each column; may be empty strings.
    rows : iterable of sequences of str
        Cells as they are to be shown: formatted, and escaped where a person typed them.
    text : collection of int
        The columns that hold text.
    """
    numbers = ([cell if k in text else minus(cell) for k, cell in enumerate(row)] for row in rows)
    lines = [heads, [":--" if k in text else "--:" for k in range(len(heads))], *numbers]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def by_columns(columns: Mapping[str, Sequence[str]], text: Collection[int] = (0,)) -> str:
    """Write a table that is given by its columns; heads and cells are shown as they are, whoever typed them.

    Parameters
    ----------
    columns : mapping of str to sequence of str
        Head and cells of each.
    text : collection of int
        The columns that hold text.
    """
    rows = zip(*([plain(cell) for cell in column] for column in columns.values()), strict=True)
    return markdown([plain(head) for head in columns], rows, text)

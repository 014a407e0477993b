"""How a word that a person typed is written: cut where it would not fit, and as typed in the middle of a sentence."""

LONGEST = 16  # letters over a column of a picture
MARKDOWN = r"\`*_{}[]()#+!|<>~$:-"


def cut(word: str, most: int = LONGEST) -> str:
    """Cut a long word, which would be squeezed until nobody can read it.

    Examples
    --------
    >>> cut("good"), cut("incomprehensibilities", 8)
    ('good', 'incompr…')
    """
    return word if len(word) <= most else f"{word[: most - 1]}…"


def quoted(word: str) -> str:
    """Put a word in quotation marks, its Markdown escaped.

    Examples
    --------
    >>> quoted("good"), quoted("_")
    ('“good”', '“\\\\_”')
    """
    return "“" + "".join("\\" + sign if sign in MARKDOWN else sign for sign in cut(word, 40)) + "”"

"""Run it yourself: a lesson's recipe with the settings of the moment written into it, as a script or a notebook.

A recipe is a real, runnable file. Its settings are the assignments at its top level whose names the lesson passes;
the rest of the file is left as it is, so what is handed out is what the tests ran.
"""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nbformat


def fill(path: Path, settings: Mapping[str, Any]) -> str:
    """Return the recipe's source with `settings` assigned; raise KeyError for a setting that the file does not have."""
    source = _read(path)
    lines, missing = source.splitlines(), set(settings)
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in missing:
            name = node.targets[0].id
            last = node.end_lineno or node.lineno
            comment = lines[last - 1][node.end_col_offset :]
            lines[node.lineno - 1 : last] = [f"{name} = {settings[name]!r}{comment}"]
            missing.remove(name)
    if missing:
        raise KeyError(f"{path.name} has no setting {', '.join(sorted(missing))}")
    return "\n".join(lines) + "\n"


def notebook(script: str) -> str:
    """Turn a filled recipe into a notebook: its docstring as text, then one cell per block set apart by a comment."""
    tree = ast.parse(script)
    cells = [nbformat.v4.new_markdown_cell(ast.get_docstring(tree) or "")]
    body = "\n".join(script.splitlines()[tree.body[0].end_lineno :]).strip()
    cells += [nbformat.v4.new_code_cell(block.strip()) for block in body.split("\n\n# ---")]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells))


@cache
def _read(path: Path) -> str:
    return path.read_text("utf-8")

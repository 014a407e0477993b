"""The layers of the house hold: who may import whom, and when."""

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODELS = {"tensorflow", "keras", "gensim"}
PAGES_MAY_IMPORT = {"ui", "engine", "streamlit", "numpy"} | sys.stdlib_module_names


def python_files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imports(node: ast.AST) -> set[str]:
    """The top-level packages that the code under `node` imports."""
    found = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Import):
            found |= {alias.name.split(".")[0] for alias in part.names}
        elif isinstance(part, ast.ImportFrom):
            found.add("." if part.level else str(part.module).split(".")[0])
    return found


def imports_when_loaded(tree: ast.AST) -> set[str]:
    """The packages that loading the module imports: what functions import when they are called is left out."""
    found = set()
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        found |= imports(child) if isinstance(child, ast.Import | ast.ImportFrom) else imports_when_loaded(child)
    return found


def requirements() -> set[str]:
    """The names in requirements.in, and Keras, which TensorFlow brings along."""
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    return {re.split(r"[^\w-]", line)[0] for line in lines if line[:1].isalpha()} | {"keras"}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_import_linter_contracts_hold() -> None:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    run = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_entry_point_imports_only_streamlit_and_ui() -> None:
    assert imports(ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))) <= {"streamlit", "ui"}


@pytest.mark.parametrize("page", [p for p in python_files("pages") if not p.stem.endswith("_recipe")], ids=named)
def test_a_page_imports_no_library_of_models_or_drawing_and_no_other_page(page: Path) -> None:
    assert imports(ast.parse(page.read_text(encoding="utf-8"))) <= PAGES_MAY_IMPORT


@pytest.mark.parametrize("recipe", sorted((ROOT / "pages").rglob("*_recipe.py")), ids=named)
def test_a_recipe_runs_without_the_project(recipe: Path) -> None:
    assert not imports(ast.parse(recipe.read_text(encoding="utf-8"))) & {"app", "engine", "ui", "pages", "."}


@pytest.mark.parametrize("module", python_files("engine"), ids=named)
def test_an_engine_module_imports_models_only_inside_functions(module: Path) -> None:
    assert not imports_when_loaded(ast.parse(module.read_text(encoding="utf-8"))) & MODELS


@pytest.mark.parametrize("folder", ["engine", "ui", "pages"])
def test_every_library_that_is_imported_is_named_in_the_requirements(folder: str) -> None:
    ours = {"engine", "ui", "pages", "."} | sys.stdlib_module_names
    used = set().union(*(imports(ast.parse(path.read_text(encoding="utf-8"))) for path in python_files(folder))) - ours
    distributions, direct = packages_distributions(), requirements() | {"distributed"}  # Dask is optional
    unnamed = {package for package in used if not direct & {name.lower() for name in distributions.get(package, ())}}
    assert not unnamed, f"name {', '.join(sorted(unnamed))} in requirements.in with a reason, and run make lock"


def test_the_reader_of_imports_sees_through_conditions_and_classes_but_not_into_functions() -> None:
    tree = ast.parse(
        "if True:\n    import keras.layers\n"
        "class A:\n    from gensim import models\n    def f(self):\n        import cv2\n"
        "def g():\n    import tensorflow\n"
    )
    assert imports_when_loaded(tree) == {"keras", "gensim"}
    assert imports(tree) == {"keras", "gensim", "cv2", "tensorflow"}

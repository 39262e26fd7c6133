"""Every public definition says what a reader cannot see from its name, and the public names show it by an example."""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

import sheetsim

ROOT = Path(__file__).parents[1]
FOLDERS = ("sheetsim", "workbooks", "exporters", "benchmarks", "examples")
NUMERIC = ("sheetsim/excel/", "sheetsim/functions/", "sheetsim/training/models/", "sheetsim/training/backends/")

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
DEFINITIONS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
FILLER = {"a", "an", "and", "as", "by", "for", "from", "get", "gets", "given", "is", "it", "its", "of", "one", "return"}
FILLER |= {"returns", "some", "that", "the", "this", "to", "value", "values", "with", "class", "function", "method"}


class Public(NamedTuple):
    """A definition that others may use: nothing in its dotted name begins with an underscore, no function around it."""

    file: str
    name: str  # within the module: ``Sheet.fill``
    node: Definition
    parent: str = ""  # the class that it is a method of

    @property
    def doc(self) -> str:
        """Its own docstring, or the empty text."""
        return ast.get_docstring(self.node) or ""


MODULES = {
    str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*.py"))
}


def definitions(file: str, body: list[ast.stmt], parent: str = "", within: str = "") -> Iterator[Public]:
    """The public definitions of a module or class, those under an ``if`` or ``try`` among them."""
    for node in body:
        if isinstance(node, DEFINITIONS) and not node.name.startswith("_"):
            yield Public(file, within + node.name, node, parent)
            if isinstance(node, ast.ClassDef):
                yield from definitions(file, node.body, node.name, f"{within}{node.name}.")
        elif isinstance(node, ast.If | ast.Try | ast.With):
            inner = [statement for statement in ast.iter_child_nodes(node) if isinstance(statement, ast.stmt)]
            handlers = [line for handler in getattr(node, "handlers", ()) for line in handler.body]
            yield from definitions(file, [*inner, *handlers], parent, within)


PUBLIC = [each for file, tree in MODULES.items() for each in definitions(file, tree.body)]
PARENTS = {
    each.node.name: [base.split("[")[0].split(".")[-1] for base in map(ast.unparse, each.node.bases)]
    for each in PUBLIC
    if isinstance(each.node, ast.ClassDef)
}
DOCUMENTED = {(each.parent, each.node.name) for each in PUBLIC if each.parent and each.doc}


def overrides(method: str, parent: str) -> bool:
    """Whether a class above ``parent``, one of the project's own, documents the method. What overrides it does the same
    in another way, and ``help()`` shows the docstring that it inherits; of a class from elsewhere, such as
    ``torch.nn.Module``, the docstring tells nothing of ours."""
    return any((base, method) in DOCUMENTED or overrides(method, base) for base in PARENTS.get(parent, ()))


def described(public: Public) -> str:
    """Where it is, as an editor opens it."""
    return f"{public.file}:{public.node.lineno} {public.name}"


def words(text: str) -> set[str]:
    """The words of a text or a name that say something, without capitals and the s of plurals."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).replace("_", " ")
    return {word.removesuffix("s") for word in re.findall(r"[^\W_]+", apart.lower())} - FILLER


def test_every_module_has_a_docstring() -> None:
    assert [file for file, tree in MODULES.items() if not ast.get_docstring(tree)] == []


def test_every_public_definition_has_a_docstring() -> None:
    assert len(PUBLIC) > 1000  # or the walk has missed them
    bare = [each for each in PUBLIC if not each.doc and not overrides(each.node.name, each.parent)]
    assert [described(each) for each in bare] == []


def test_a_docstring_says_more_than_the_name() -> None:
    idle = [each for each in PUBLIC if each.doc and not words(each.doc) - words(each.name)]
    assert [described(each) for each in idle] == []


# --- numbers ----------------------------------------------------------------------------------------------------------
SHAPE = re.compile(r"\bshape|\baxis\b|\baxes\b|element|\bflat\b|batch|\([\w…*]+,[\w\s,…+*]*\)")


def takes_arrays(node: Definition) -> bool:
    """Whether a function has an array of NumPy's among its arguments or results."""
    if isinstance(node, ast.ClassDef):
        return False
    annotations = [argument.annotation for argument in (*node.args.args, *node.args.kwonlyargs)] + [node.returns]
    return any(re.search(r"\b(Array|ndarray)\b", ast.unparse(each)) for each in annotations if each)


def test_functions_of_arrays_tell_the_shapes() -> None:
    """Each by itself, or its module for all."""
    arrays = [each for each in PUBLIC if each.file.startswith(NUMERIC) and takes_arrays(each.node)]
    silent = [each for each in arrays if not SHAPE.search(each.doc)]
    head = {each.file: ast.get_docstring(MODULES[each.file]) or "" for each in silent}
    assert [described(each) for each in silent if not SHAPE.search(head[each.file])] == []


SOURCE = re.compile(r"Excel|IEEE|torch\.\w+|PyTorch|Kingma|Polyak|Hinton|Ziv|the lecture|the sheet")


@pytest.mark.parametrize(
    "file",
    [
        "sheetsim/excel/arithmetic.py",
        "sheetsim/excel/comparison.py",
        "sheetsim/excel/elementary.py",
        "sheetsim/excel/number_text.py",
        "sheetsim/optimizers/steps.py",
        "sheetsim/training/backends/optimizer.py",
        "sheetsim/training/schedule.py",
    ],
)
def test_a_module_of_formulas_names_where_they_come_from(file: str) -> None:
    docs = [ast.get_docstring(MODULES[file]) or "", *(each.doc for each in PUBLIC if each.file == file)]
    assert any(SOURCE.search(doc) for doc in docs)


# --- examples ---------------------------------------------------------------------------------------------------------
METHODS = """
Workbook: add_sheet recalculate press run compare solve explain gradient torch formula save define_name find_sheet
Sheet: fill values array put value formula formula_text frame name
Range: numpy frame
"""
OPTIMIZERS = "sheetsim/optimizers/torch_classes.py"


def people_call() -> set[str]:
    """The public functions, the optimizers, and the methods above: what a person writes down to use the library."""
    functions = {name for name in sheetsim.__all__ if not isinstance(getattr(sheetsim, name), type | ModuleType)}
    methods = {method for line in METHODS.strip().split("\n") for method in line.partition(":")[2].split()}
    optimizers = {each.node.name for each in PUBLIC if each.file == OPTIMIZERS}  # classes and methods
    return functions | methods | optimizers | {"Workbook"}


def called_in_examples() -> set[str]:
    """What the runnable examples call: in the docstrings of the modules that hold the public names."""
    files = (
        "__init__.py",
        "api.py",
        "library.py",
        "workbook.py",
        "model/sheet.py",
        "model/ranges.py",
        "optimizers/torch_classes.py",
    )
    found = set()
    for file in (f"sheetsim/{name}" for name in files):
        docs = [ast.get_docstring(MODULES[file]) or "", *(each.doc for each in PUBLIC if each.file == file)]
        for example in (example for doc in docs for example in doctest.DocTestParser().get_examples(doc)):
            for node in ast.walk(ast.parse(example.source)):
                if isinstance(node, ast.Call):
                    found.add(ast.unparse(node.func).rpartition(".")[2])
    return found


def test_the_public_names_are_shown_by_an_example() -> None:
    for line in METHODS.strip().split("\n"):
        owner, _, methods = line.partition(":")
        assert all(hasattr(getattr(sheetsim, owner), method) for method in methods.split())
    assert sorted(people_call() - called_in_examples()) == []


def test_the_examples_are_run(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.getoption("doctestmodules")
    assert {"sheetsim", "workbooks", "exporters"} <= set(pytestconfig.getini("testpaths"))


# --- what they name ---------------------------------------------------------------------------------------------------
NAMED = re.compile(r"``([\w/]+\.py)\b")
FILES = [*MODULES, *(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("*.py"))]


def test_files_that_are_named_are_there() -> None:
    """By the end of their path, as ``steps.py`` beside another."""
    named = {(file, name) for file in MODULES for name in NAMED.findall((ROOT / file).read_text(encoding="utf-8"))}
    assert named
    assert [(file, name) for file, name in named if not any(f"/{other}".endswith(f"/{name}") for other in FILES)] == []

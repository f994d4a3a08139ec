"""What Python source says in words: docstrings, texts below attributes, other texts, and comments,
each with its owner's name.
"""

import ast
import io
import tokenize
from collections.abc import Iterator

Named = tuple[str, str]
"""The name of what a text belongs to, dotted, "" for the file as a whole; and the text."""


def texts_of(source: str) -> Iterator[Named]:
    """Every text of one file. Consecutive comment lines count as one text."""
    tree = ast.parse(source)
    yield from _strings(tree, "")
    yield from _comments(source, tree)


def _strings(node: ast.AST, owner: str) -> Iterator[Named]:
    before = ""
    for child in ast.iter_child_nodes(node):
        name = _name(child, owner)
        if isinstance(child, ast.Expr) and (text := _text(child.value)) is not None:
            # A text of its own belongs to what stands above it, or, as the first one, to the whole.
            yield before or owner, text
        elif (text := _text(child)) is not None:
            yield owner, text
        else:
            yield from _strings(child, name or owner)
        before = name


def _text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _name(node: ast.AST, owner: str) -> str:
    own = ""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        own = node.name
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        own = node.target.id
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        own = node.targets[0].id
    return f"{owner}.{own}".strip(".") if own else ""


def _comments(source: str, tree: ast.Module) -> Iterator[Named]:
    found: dict[int, str] = {
        token.start[0]: token.string.lstrip("#: ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    for first in found:
        if first - 1 in found:
            continue
        last = first
        while last + 1 in found:
            last += 1
        yield (
            _at_line(tree, first, last, ""),
            " ".join(found[line] for line in range(first, last + 1)),
        )


def _at_line(node: ast.AST, first: int, last: int, owner: str) -> str:
    """The innermost named thing that a comment stands in, or right above."""
    for child in ast.iter_child_nodes(node):
        start, end = getattr(child, "lineno", None), getattr(child, "end_lineno", None)
        if start is None or end is None:
            continue
        name = _name(child, owner)
        if start <= first <= end or (name and start == last + 1):
            return _at_line(child, first, last, name or owner)
    return owner

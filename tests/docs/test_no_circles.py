"""No folder imports one that imports it, and no module: neither at its top, nor in a function, nor
for its types alone.
"""

from functools import cache
from pathlib import Path

from tests.docs.import_graph import Graph, circle, folders, imported, imports

PACKAGE = Path(__file__).parents[2] / "st_spectrum"


@cache
def imports_of_ours() -> Graph:
    return imports(PACKAGE)


def test_no_modules_import_one_another() -> None:
    assert circle(imports_of_ours()) == []


def test_no_folders_import_one_another() -> None:
    assert circle(folders(imports_of_ours(), "st_spectrum")) == []


def test_what_all_flows_share_knows_none_of_them_and_no_flow_one_that_comes_after_it() -> None:
    assert circle(folders(imports_of_ours(), "st_spectrum.flows")) == []


def test_a_circle_would_be_seen_wherever_it_is_closed() -> None:
    late = set(imported("def f():\n    from st_spectrum.match import lists"))
    graph = {"st_spectrum.flows.live": late, "st_spectrum.match.lists": {"st_spectrum.flows.live"}}
    assert "st_spectrum.match.lists" in late
    assert set(circle(folders(graph, "st_spectrum"))) == {"flows", "match"}

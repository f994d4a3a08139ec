"""What `make bench-match` prints holds on a world that is small enough for every day."""

from benchmarks.matching import quality_of
from st_spectrum.sandbox.matching_world import build_matching_world


def test_none_of_the_sure_is_wrong_and_hardly_one_is_missed() -> None:
    quality = quality_of(build_matching_world(companies=400, traps=60, seed=3))
    assert quality.sure_wrong == 0, quality.wrong
    assert quality.sure_found >= 0.65 * quality.linked
    assert quality.shown >= 0.97 * quality.linked

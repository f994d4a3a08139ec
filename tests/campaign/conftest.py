"""The place of the campaign's tests is that of all histories."""

from tests.histories.conftest import place, reads_are_tried_twice_without_a_pause

__all__ = ["place", "reads_are_tried_twice_without_a_pause"]

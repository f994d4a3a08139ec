"""Time in ServiceTrade: cards, clock events, absences [ST 8, 9.2]."""

from collections.abc import Iterable, Iterator

from st_spectrum.servicetrade import wire
from st_spectrum.servicetrade.models import (
    OnUnreadable,
)
from st_spectrum.servicetrade.parsing import unreadable
from st_spectrum.servicetrade.resources import Resources
from st_spectrum.servicetrade.time_models import Absence, ClockEvent, ListedTimeCard, TimeCard


class TimeRecords(Resources):
    """Reads who worked when."""

    def time_cards(
        self,
        start: int | None = None,
        end: int | None = None,
        *,
        status: str | None = None,
        updated_after: int | None = None,
        on_unreadable: OnUnreadable = None,
    ) -> Iterator[TimeCard]:
        """Time cards whose period begins at or after `start` and before `end`, epoch seconds;
        assumed throughout [ST 8.4].

        `status` such as "approved" or several with commas; without it cards of every status come
        (assumed). A card whose rows the list leaves out is read by its id.
        """
        last = (
            None if end is None else end - 1
        )  # whether the filter takes its own second along is not known
        filters = {
            "periodStartAfter": start,
            "periodStartBefore": last,
            "status": status,
            "updatedAfter": updated_after,
        }
        cards = self._list("timecard", "timeCards", ListedTimeCard, on_unreadable, **filters)
        wanted = (card for card in cards if end is None or card.period_start < end)
        return self._with_rows(wanted, on_unreadable)

    def _with_rows(
        self, cards: Iterable[ListedTimeCard], on_unreadable: OnUnreadable
    ) -> Iterator[TimeCard]:
        for card in cards:
            if card.has_rows:
                yield TimeCard.model_construct(card.model_fields_set, **dict(card))
                continue
            try:
                found = self.time_card(card.id)
                if found is None:
                    raise wire.RecordBroken(
                        f"TimeCard {card.id} stands in the list, and cannot be read by its id",
                        system=wire.SYSTEM,
                        operation="GET /timecard/{id}",
                    )
            except wire.RecordBroken as broken:
                if on_unreadable is None:
                    raise
                on_unreadable(unreadable(card.model_dump(mode="json", by_alias=True), broken))
            else:
                yield found

    def time_card(self, card_id: int) -> TimeCard | None:
        """One time card with its days, or None; assumed [ST 8.4]."""
        return self._one("timecard", "timeCards", TimeCard, card_id)

    def clock_events(self, start: int, end: int) -> Iterator[ClockEvent]:
        """Everybody's clock events at or after `start` and before `end`, epoch seconds [ST 8.1].

        A pair may reach over either end, so ask for some hours more on both sides.
        """
        events = self._list("clock", "events", ClockEvent, startTime=start, endTime=end)
        return (event for event in events if start <= event.event_time < end)

    def absences(
        self, start: int, end: int, *, on_unreadable: OnUnreadable = None
    ) -> Iterator[Absence]:
        """Absences that touch the time from `start` to before `end`, epoch seconds [ST 9.2].

        The list has no filter that is known, so all of it is read.
        """
        absences = self._list("user/absence", "userAbsences", Absence, on_unreadable)
        return (
            absence
            for absence in absences
            if absence.window_start < end and absence.window_end > start
        )

"""Clock events: technicians clock in and out for an activity on a job [ST 8.1].

How an administrator adds, corrects and removes an event is assumed to be POST, PUT and DELETE on
`/clock`; that it is possible is known.
"""

from st_spectrum.sandbox.servicetrade import fields, filters, paging
from st_spectrum.sandbox.servicetrade.call import GONE, Answer, Call, Refused, created
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field
from st_spectrum.sandbox.servicetrade.filters import Filter
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.shapes import Shapes

ACTIVITIES = ("onsite", "enroute", "offsite", "onbreak")
TYPES = ("in", "out")
SOURCES = ("mobile", "ivr")

DEFAULTS: Document = {
    "activity": "onsite",
    "jobId": None,
    "appointmentId": None,
    "lat": None,
    "lon": None,
    "source": "mobile",
}

# Keys of clocking in and out on a job are known [ST 8.1], those of an administrator are assumed.
POSITION = (
    Field("lat", fields.number),
    Field("lon", fields.number),
    Field("appointmentId", fields.whole),
    Field("activity", fields.choice(ACTIVITIES), is_nullable=False),
    Field("userId", fields.one("user"), is_nullable=False),
    Field("eventTime", fields.whole, is_nullable=False),
)
FIELDS = (
    Field("eventTime", fields.whole, is_required=True),
    Field("eventType", fields.choice(TYPES), is_required=True),
    Field("activity", fields.choice(ACTIVITIES), is_nullable=False),
    Field("userId", fields.one("user"), is_required=True),
    Field("jobId", fields.one("job")),
    Field("appointmentId", fields.whole),
    Field("source", fields.choice(SOURCES), is_nullable=False),
)


def _still_open(call: Call, value: str) -> filters.Test:
    """Events that nobody has clocked out of; the real list takes this only together with users
    [ST 8.1].
    """
    if not {"userId", "userIds"} & call.query.keys():
        raise ValueError("needs userId or userIds")
    wanted = filters.truth(value)
    still_open = {
        start["id"] for start, end in pairs(call.documents.all("clockevent")) if end is None
    }
    return lambda event: (event["id"] in still_open) is wanted


def _of_appointment(call: Call, value: str) -> filters.Test:
    if "jobId" not in call.query:
        raise ValueError("needs jobId")
    return filters.ids("appointmentId")(call, value)


FILTERS: dict[str, Filter] = {
    "userId": filters.ids("userId"),
    "userIds": filters.ids("userId"),
    "startTime": filters.at_least("eventTime"),
    "endTime": filters.at_most("eventTime"),
    "source": filters.one_of("source", SOURCES),
    "activity": filters.one_of("activity", ACTIVITIES),
    "openClockEvents": _still_open,
    "jobId": filters.ids("jobId"),
    "appointmentId": _of_appointment,
}
"""Both ends of the time are taken to be inclusive (assumed)."""


def shape(shapes: Shapes, event: Document) -> Document:
    """The event; `id`, `eventType`, `job`, `source` and the position on it are assumed [ST 8.1]."""
    appointment = event["appointmentId"]
    own = {
        "eventTime": event["eventTime"],
        "activity": event["activity"],
        "eventType": event["eventType"],
        "user": shapes.reference("user", event["userId"]),
        "job": shapes.reference("job", event["jobId"]),
        "appointment": None
        if appointment is None
        else {"id": appointment, "name": f"Appointment {appointment}"},
        "lat": event["lat"],
        "lon": event["lon"],
        "source": event["source"],
    }
    return shapes.entity("clockevent", event, own)


def pairs(events: list[Document]) -> list[tuple[Document, Document | None]]:
    """Each clocking in with the clocking out that follows it, by user, job and activity; None while
    it is open.

    An out without an in, and the first of two ins in a row, stand alone; the former is left out
    (assumed).
    """
    open_events: dict[tuple[object, ...], Document] = {}
    found: list[tuple[Document, Document | None]] = []
    for event in sorted(
        events, key=lambda event: (event["eventTime"], event["eventType"] == "in", event["id"])
    ):
        who = (event["userId"], event["jobId"], event["activity"])
        start = open_events.pop(who, None)
        if event["eventType"] == "in":
            if start is not None:
                found.append((start, None))
            open_events[who] = event
        elif start is not None:
            found.append((start, event))
    return [*found, *((start, None) for start in open_events.values())]


def _list(call: Call) -> Answer:
    return paging.answer(call, "clockevent", filters.select(call, "clockevent", FILTERS), shape)


def _paired(call: Call) -> Answer:
    """What was clocked on one job, in pairs, and the seconds by activity [ST 8.1]."""
    job = call.named("job")
    wanted = call.query.get("activity")
    if call.query.keys() - {"activity"} or (wanted is not None and wanted not in ACTIVITIES):
        raise Refused(400, f"activity: one of {', '.join(ACTIVITIES)}; there is no other filter")
    events = [event for event in call.documents.all("clockevent") if event["jobId"] == job["id"]]
    found = [pair for pair in pairs(events) if wanted in (None, pair[0]["activity"])]
    seconds = dict.fromkeys(ACTIVITIES, 0)
    paired = []
    for start, end in found:
        elapsed = 0 if end is None else end["eventTime"] - start["eventTime"]
        seconds[start["activity"]] += elapsed
        row: Document = {"start": shape(call.shapes, start), "elapsedTime": elapsed}
        paired.append(row if end is None else row | {"end": shape(call.shapes, end)})
    return Answer({"pairedEvents": paired, "activityTime": seconds})


def _clock(call: Call, event_type: str) -> Answer:
    """Who, when and for what is that of the login unless it is said (assumed)."""
    job = call.named("job")
    given = fields.accept(call, POSITION, is_new=True)
    event = {
        "userId": call.user_id,
        "eventTime": call.documents.now(),
        "eventType": event_type,
        "jobId": job["id"],
    }
    return created(
        call, shape(call.shapes, call.documents.insert("clockevent", DEFAULTS | event | given))
    )


def _add(call: Call) -> Answer:
    event = DEFAULTS | fields.accept(call, FIELDS, is_new=True)
    return created(call, shape(call.shapes, call.documents.insert("clockevent", event)))


def _change(call: Call) -> Answer:
    event = call.named("clockevent")
    changes = fields.accept(call, FIELDS, is_new=False)
    return Answer(shape(call.shapes, call.documents.change("clockevent", event["id"], changes)))


def _delete(call: Call) -> Answer:
    call.documents.delete("clockevent", call.named("clockevent")["id"])
    return Answer(status=GONE)


ENDPOINTS = (
    Endpoint("GET", "/clock", _list),
    Endpoint("POST", "/clock", _add, key=("userId", "eventTime")),
    Endpoint("PUT", "/clock/{id}", _change),
    Endpoint("DELETE", "/clock/{id}", _delete),
    Endpoint("GET", "/job/{id}/clockevent", _paired),
    Endpoint("POST", "/job/{id}/clockin", lambda call: _clock(call, "in")),
    Endpoint("POST", "/job/{id}/clockout", lambda call: _clock(call, "out")),
)

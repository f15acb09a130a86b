"""What a dispatcher of rides on demand speaks of: vehicles, rides, riders, promises, bookings and refusals."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from math import ceil

from assistant.feeds.geometry import Point

_HIDDEN = "*"
_PHONE_SHOWN = 3


class Reason(StrEnum):
    """Why a ride is refused; the words are stable, because clients and their texts depend on them."""

    OUTSIDE_ZONES = "outside_zones"
    OUTSIDE_HOURS = "outside_hours"
    TOO_SOON = "too_soon"
    TOO_FAR_AHEAD = "too_far_ahead"
    TOO_MANY = "too_many"
    SUSPENDED = "suspended"
    NO_VEHICLE = "no_vehicle"
    REFERENCE_TAKEN = "reference_taken"
    UNDER_WAY = "under_way"


class Status(StrEnum):
    """Whether a booking stands."""

    BOOKED = "booked"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Stop:
    """Where someone gets on or off."""

    name: str
    point: Point


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle of a fleet; its shift is in seconds of the day, and begins and ends at the depot."""

    id: str
    seats: int
    wheelchairs: int
    start_s: int
    end_s: int
    depot: Point


@dataclass(frozen=True, slots=True)
class Ride:
    """A ride that someone wishes for: not before `pickup_from`, which is aware.

    `wheelchairs` of the `passengers` keep their wheelchair and need a place for it instead of a seat.
    """

    pickup: Stop
    drop_off: Stop
    pickup_from: datetime
    passengers: int = 1
    wheelchairs: int = 0

    @property
    def seats(self) -> int:
        """How many seats it needs beside the wheelchair places."""
        return self.passengers - self.wheelchairs

    @property
    def fingerprint(self) -> str:
        """What tells whether two requests with one reference ask for the same; nothing of the rider is in it."""
        stops = [(stop.name, stop.point.lat, stop.point.lon) for stop in (self.pickup, self.drop_off)]
        asked = [stops, self.pickup_from.timestamp(), self.passengers, self.wheelchairs]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Fare:
    """A fare by sections, as on a city bus: one for each begun `section_m` metres as the crow flies.

    `section` is in `currency` (ISO 4217), for one passenger.
    """

    section: float
    section_m: float
    most_sections: int
    currency: str

    def amount(self, ride: Ride) -> float:
        """What all passengers of a ride pay together."""
        begun = ceil(ride.pickup.point.distance_m(ride.drop_off.point) / self.section_m)
        return self.section * min(max(begun, 1), self.most_sections) * ride.passengers


@dataclass(frozen=True, slots=True)
class Rider:
    """Whom the driver can call, empty where nobody said; it is never logged, and shown masked."""

    name: str = field(repr=False)
    phone: str = field(repr=False)

    @property
    def masked_name(self) -> str:
        """The first character of the name."""
        return self.name[:1] + _HIDDEN * (len(self.name) - 1)

    @property
    def masked_phone(self) -> str:
        """The last digits of the number."""
        hidden = max(0, len(self.phone) - _PHONE_SHOWN)
        return _HIDDEN * hidden + self.phone[hidden:]


@dataclass(frozen=True, slots=True)
class Promise:
    """When a vehicle comes and until when it arrives, aware; it holds whatever else is booked later."""

    pickup_from: datetime
    pickup_to: datetime
    arrive_by: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """A ride that could be booked as it is; `fleet` is the zone whose vehicles would come."""

    ride: Ride
    fleet: str
    promise: Promise


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no such ride, and the nearest times at which there is one, nearest first."""

    reason: Reason
    alternatives: tuple[Promise, ...] = ()


@dataclass(frozen=True, slots=True)
class Booking:
    """A ride that was promised; `day` is the service day."""

    id: str
    client_reference: str
    fleet: str
    day: date
    ride: Ride
    promise: Promise
    rider: Rider
    status: Status = Status.BOOKED


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking under the reference that was given; `new` is whether this call made it."""

    booking: Booking
    new: bool

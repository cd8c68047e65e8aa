"""Who sits at which desk, and which files have arrived so far?"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cadline.samples import people
from cadline.samples.chance import Chance
from cadline.samples.drafts import Desk
from cadline.samples.parcels import Parcel, Planned
from schemas.registry import Partner

LONG_AGO = date(2026, 3, 4)
LAST_FRIDAY = date(2026, 3, 13)
MONDAY = date(2026, 3, 16)
TUESDAY = date(2026, 3, 17)
WEDNESDAY = date(2026, 3, 18)
FEBRUARY = date(2026, 2, 20)

FOOD = ("rice", "potatoes", "tomatoes", "tomato-juice", "crackers", "soup-base")
HARDWARE = ("tires", "hammers", "screwdrivers", "shovels", "saws", "fittings", "copper-tube")
TOOLS = HARDWARE[1:6]
CLOTHES = ("tshirts", "tshirts-white", "sweaters", "jeans", "shoes", "backpacks", "creams")
FURNITURE = ("chairs", "cribs", "bedroom", "shelving")
ELECTRONICS = ("laptops", "keyboards", "drives", "smartphones", "televisions", "panels", "games")
METALS = ("bolts", "profiles", "fittings", "copper-tube")
SPORTS = ("bicycles", "balls", "pools", "sneakers")
BOOKS_AND_TOYS = ("paperbacks", "plush", "tricycles", "games")
SHOP = (*BOOKS_AND_TOYS, *CLOTHES, "keyboards", "balls", "screwdrivers")
LITTLE_THINGS = ("tshirts", "sweaters", "jeans", "keyboards", "paperbacks", "balls", "creams", "plush")


@dataclass
class Diary:
    """The desks of all partners, with one chance for all, and the files that have arrived, in order."""

    agate: Desk
    boreal: Desk
    cedar: Desk
    courier: Desk
    maple: Desk
    files: dict[str, Parcel] = field(default_factory=dict)

    @classmethod
    def of(cls, seed: int) -> "Diary":
        """Open the desks."""
        chance = Chance(seed)
        return cls(
            agate=Desk(people.AGATE, chance),
            boreal=Desk(people.BOREAL, chance),
            cedar=Desk(people.CEDAR, chance),
            courier=Desk(people.COURIER, chance),
            maple=Desk(people.MAPLE, chance),
        )

    def arrive(
        self,
        day: date,
        partner: Partner,
        what: str,
        about: str,
        *messages: Planned,
        **more: Any,
    ) -> None:
        """Note the next file of a day; it is found again as `<weekday> <what>`."""
        place = 1 + sum(parcel.day == day for parcel in self.files.values())
        parcel = Parcel(
            day=day, place=place, partner=partner, what=what, about=about, messages=messages, **more
        )
        self.files[f"{day:%A} {what}"] = parcel

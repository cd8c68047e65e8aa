"""What happens on Monday 16 March 2026? Good business, a repeat, and a transmission that breaks off."""

from functools import partial

from cadline.samples import diary as d
from cadline.samples import people
from cadline.samples.diary import Diary
from cadline.samples.mishaps import cut_off
from cadline.samples.parcels import Planned, good


def monday(diary: Diary) -> None:
    """Let Monday's files arrive."""
    brokers(diary)
    odds(diary)
    diary.arrive(
        d.MONDAY,
        people.MAPLE,
        "own",
        "Three declarations of an importer that files itself.",
        *good(*diary.maple.several(3, people.TOOL_AND_DIE, d.TOOLS, released=d.MONDAY)),
    )


def brokers(diary: Diary) -> None:
    """Let the brokers file for their importers."""
    agate, boreal, cedar = diary.agate, diary.boreal, diary.cedar
    diary.arrive(
        d.MONDAY,
        people.AGATE,
        "first",
        "Ten declarations of three importers: duty-free and dutiable goods; USD, EUR and CNY.",
        *good(*agate.several(4, people.ORCHARD, d.FOOD, released=d.LAST_FRIDAY)),
        *good(*agate.several(4, people.NORTHERN, d.HARDWARE, released=d.MONDAY)),
        *good(*agate.several(2, people.FUNDY, d.SPORTS, released=d.LAST_FRIDAY)),
    )
    late = cedar.declare(people.PRAIRIE, d.METALS, released=d.LONG_AGO, lines=3)
    diary.arrive(
        d.MONDAY,
        people.CEDAR,
        "electronics-metals",
        "Five declarations of a CSA importer (type TT), and three with surtaxed metals, one of them late.",
        *good(*cedar.several(5, people.PACIFIC, d.ELECTRONICS, released=d.LAST_FRIDAY, type_="TT")),
        *good(*cedar.several(2, people.PRAIRIE, d.METALS, released=d.MONDAY)),
        Planned(cad=late, why="late: released on 4 March, to be accounted for by the 11th"),
    )
    diary.arrive(
        d.MONDAY,
        people.BOREAL,
        "vetements-meubles",
        "Nine declarations of two importers, by a broker that is answered in French.",
        *good(*boreal.several(5, people.COUTURE, d.CLOTHES, released=d.LAST_FRIDAY)),
        *good(*boreal.several(4, people.MEUBLES, d.FURNITURE, released=d.MONDAY)),
    )


def odds(diary: Diary) -> None:
    """Let the less usual files arrive."""
    diary.arrive(
        d.MONDAY,
        people.AGATE,
        "repeat",
        "The first file of the day once more, byte for byte: the broker missed its acknowledgement.",
        *diary.files["Monday first"].messages,
        repeats=1,
    )
    low = diary.courier.consolidate(people.CONSOLIDATED, d.LITTLE_THINGS, released=d.FEBRUARY, lines=45)
    diary.arrive(
        d.MONDAY,
        people.COURIER,
        "consolidation",
        "A courier's consolidation of 45 low-value shipments (type F), released in February.",
        *good(low),
    )
    diary.arrive(
        d.MONDAY,
        people.BOREAL,
        "broken",
        "A transmission that broke off in the middle of its second message.",
        *good(*diary.boreal.several(3, people.MEUBLES, d.FURNITURE, released=d.MONDAY)),
        damage=partial(cut_off, share_percent=50),
        rule="SYN-13S",
    )

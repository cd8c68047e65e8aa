"""What happens on Wednesday 18 March 2026? A new period, a correction downwards, and what was sent anew."""

from decimal import Decimal

from cadline.samples import diary as d
from cadline.samples import people
from cadline.samples.diary import Diary
from cadline.samples.drafts import changed
from cadline.samples.parcels import Planned, good
from schemas.cad import ChangeReason, Declaration


def wednesday(diary: Diary) -> None:
    """Let Wednesday's files arrive."""
    second_broker(diary)
    anew(diary)
    evening(diary)
    casual = diary.courier.consolidate(
        people.CONSOLIDATED, d.LITTLE_THINGS, released=d.FEBRUARY, lines=12, casual_in="ON"
    )
    diary.arrive(
        d.WEDNESDAY,
        people.COURIER,
        "casual",
        "A courier's consolidation of 12 casual goods for Ontario: GST and the province's part.",
        *good(casual),
    )
    across(diary)


def second_broker(diary: Diary) -> None:
    """Let another broker file for an importer, and correct what it filed on Monday."""
    cedar, monday = diary.cedar, diary.files["Monday electronics-metals"].messages
    diary.arrive(
        d.WEDNESDAY,
        people.CEDAR,
        "correction-down",
        "An importer that another broker filed for on Monday; version 00002 of one of Monday's declarations, "
        "in which a line is worth a fifth less; and a version that is not the next one.",
        *good(*cedar.several(2, people.FUNDY, d.SPORTS, released=d.TUESDAY)),
        *good(lowered(monday[0].cad)),
        Planned(cad=skipping(monday[5].cad), rule="CHG-003", why="version 00004 comes after 00001"),
        *good(*cedar.several(3, people.PACIFIC, d.ELECTRONICS, released=d.WEDNESDAY, type_="TT")),
    )


def lowered(cad: Declaration) -> Declaration:
    """Return the next version, with a line worth a fifth less."""
    reason = ChangeReason(
        code="R2-74-1-D.Typo",
        pointer="value",
        explanation="A price was mistyped; the invoice is on file under PX-2026-77",
    )
    return changed(cad, reason=reason, value_times=Decimal("0.80"))


def skipping(cad: Declaration) -> Declaration:
    """Return a version that leaves others out."""
    reason = ChangeReason(code="R3-32.2.VFD", pointer="value", explanation="Price review at the year's end")
    return changed(cad, reason=reason, value_times=Decimal("1.10")).model_copy(update={"version": 4})


def anew(diary: Diary) -> None:
    """Let arrive again, in good order, what could not be read."""
    diary.arrive(
        d.WEDNESDAY,
        people.BOREAL,
        "sent-anew",
        "What broke off on Monday and was miscounted on Tuesday, sent anew: nothing is lost.",
        *diary.files["Monday broken"].messages,
        diary.files["Tuesday wrong-count"].messages[1],
    )


def evening(diary: Diary) -> None:
    """Let a broker file on both sides of the end of the period."""
    agate, first = diary.agate, diary.files["Monday first"].messages[0].cad
    taken = first.model_copy(update={"cargo_control_numbers": (*first.cargo_control_numbers, "9ABC00417")})
    diary.arrive(
        d.WEDNESDAY,
        people.AGATE,
        "evening",
        "Nine declarations on both sides of the end of the period, and a number that is taken.",
        *good(*agate.several(3, people.ORCHARD, d.FOOD, released=d.TUESDAY)),
        *good(*agate.several(4, people.NORTHERN, d.HARDWARE, released=d.WEDNESDAY)),
        *good(*agate.several(2, people.FUNDY, d.SPORTS, released=d.WEDNESDAY)),
        Planned(cad=taken, rule="CHG-002", why="the number was accepted on Monday; this is another original"),
    )


def across(diary: Diary) -> None:
    """Let an importer and a broker file what was released as one period ended and the next began."""
    maple = diary.maple
    diary.arrive(
        d.WEDNESDAY,
        people.MAPLE,
        "own",
        "Two declarations, released on the last day of one period and on the first of the next.",
        *good(*maple.several(1, people.TOOL_AND_DIE, d.TOOLS, released=d.TUESDAY)),
        *good(*maple.several(1, people.TOOL_AND_DIE, d.TOOLS, released=d.WEDNESDAY)),
    )
    diary.arrive(
        d.WEDNESDAY,
        people.CEDAR,
        "metals",
        "Four declarations of metals with surtaxes on goods of the United States and of China.",
        *good(*diary.cedar.several(4, people.PRAIRIE, d.METALS, released=d.WEDNESDAY)),
    )

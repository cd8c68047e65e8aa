"""What happens on the three days, from the first file to the last?

The 17th is the last day of a billing period: what is released on it is billed on 25 March, what is released
on the 18th on 25 April.
"""

from cadline.samples.diary import Diary
from cadline.samples.monday import monday
from cadline.samples.parcels import Parcel
from cadline.samples.tuesday import tuesday
from cadline.samples.wednesday import wednesday


def parcels(seed: int) -> list[Parcel]:
    """Return the files of all days, in the order in which they arrive."""
    diary = Diary.of(seed)
    for happens in (monday, tuesday, wednesday):
        happens(diary)
    return list(diary.files.values())

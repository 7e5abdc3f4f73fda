"""Names of authorities → the place and what kind of authority is meant; a council is never its area.

In: words of a name, the GSS code of the area. Out: whether a name can be that of a council here. Hampshire
County Council, Hants CC and Hampshire LA are one; Derbyshire County Council is not Derby City Council,
and the county of Hampshire is no council.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

# Words of the body, not of the place. Beside one of the first set a text names an authority.
_AUTHORITY: Final = frozenset("authority cc council councils corporation la lea".split())
DESIGNATORS: Final = frozenset("borough city county district london local metropolitan royal unitary".split())
_LAND: Final = frozenset("area areas region place".split())
# Departments of a council; only beside a word of the first set.
_DEPARTMENT: Final = frozenset(
    "adult adults care child children department directorate education families family people service "
    "services social work young".split()
)
_WRITTEN_OUT: Final = {
    "beds": ("bedfordshire",),
    "berks": ("berkshire",),
    "bucks": ("buckinghamshire",),
    "cambs": ("cambridgeshire",),
    "glos": ("gloucestershire",),
    "hants": ("hampshire",),
    "herts": ("hertfordshire",),
    "lancs": ("lancashire",),
    "leics": ("leicestershire",),
    "lincs": ("lincolnshire",),
    "northants": ("northamptonshire",),
    "notts": ("nottinghamshire",),
    "oxon": ("oxfordshire",),
    "staffs": ("staffordshire",),
    "warks": ("warwickshire",),
    "wilts": ("wiltshire",),
    "worcs": ("worcestershire",),
    "yorks": ("yorkshire",),
    "bc": ("borough", "council"),
    "dc": ("district", "council"),
    "lb": ("london", "borough"),
    "lbc": ("london", "borough", "council"),
    "mbc": ("metropolitan", "borough", "council"),
    "mdc": ("metropolitan", "district", "council"),
    "rb": ("royal", "borough"),
    "rbc": ("royal", "borough", "council"),
    "ua": ("unitary", "authority"),
    "e": ("east",),
    "n": ("north",),
    "ne": ("north", "east"),
    "nw": ("north", "west"),
    "s": ("south",),
    "se": ("south", "east"),
    "sw": ("south", "west"),
    "w": ("west",),
}


# Words that are read through slips too: a place is looked for after they are taken away.
_DOUBLED: Final = re.compile(r"(.)\1")
SPELT: Final = ("authority", "borough", "council", "county", "district", "metropolitan")


@dataclass(frozen=True)
class Authority:
    """A name read as that of an authority.

    Attributes:
        words: all of them, abbreviations written out.
        place: the words of the place, in order.
        body: whether it names a body: a council, an authority.
        land: whether it names land: an area, a county without a council.
        status: the words that say what kind of authority.
    """

    words: tuple[str, ...]
    place: tuple[str, ...]
    body: bool
    land: bool
    status: frozenset[str]


def read(words: Sequence[str]) -> Authority:
    """Return what a text says of an authority."""
    full = [w for word in words for w in _WRITTEN_OUT.get(word, (word,))]
    pairs = set(pairwise(full))
    of_london = ("london", "borough") in pairs
    body = bool(_AUTHORITY & set(full)) or of_london or ("royal", "borough") in pairs
    # London is part of a place, unless a borough follows.
    status = (frozenset(full) & DESIGNATORS) - (frozenset() if of_london else {"london"})
    dropped = _AUTHORITY | status | _LAND | (_DEPARTMENT if body else frozenset())
    place = tuple(word for word in full if word not in dropped)
    land = bool(_LAND & set(full)) or (not body and bool(status & {"county", "district", "local", "unitary"}))
    return Authority(tuple(full), place, body, land, status)


def misspelt(word: str, place: str) -> bool:
    """Return whether a word is a place with letters swapped or doubled.

    A letter more, fewer or other may make another place: Herefordshire, Hertfordshire; Trafford, Bradford.
    """
    single = (_DOUBLED.sub(r"\1", word), _DOUBLED.sub(r"\1", place))
    return single[0] == single[1] or (word[0] == place[0] and sorted(word) == sorted(place))


def fits(status: frozenset[str], code: str) -> bool:
    """Return whether what a name says of the kind of authority can be true of a GSS code.

    E10 are counties, E09 London boroughs, E08 metropolitan districts, E06 unitary authorities.
    """
    kind = code[:3]
    if "county" in status and kind != "E10":
        return False
    if "london" in status and kind != "E09":
        return False
    if "metropolitan" in status and kind != "E08":
        return False
    return not (kind == "E10" and status & {"borough", "city", "district", "unitary"})

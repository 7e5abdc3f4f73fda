"""Requests that cannot be served, as problem details (RFC 9457), and the first look at what came in.

In: a request. Out: its parameters, or a `Refusal` that holds the reply: which parameter, what is allowed,
what comes near. Odd text is refused before anything reads it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Final

from cscip_kg.reply import PROBLEM, Reply, Request, negotiated

MAX_VALUE: Final = 500
_SHOWN: Final = 80
_WHOLE: Final = re.compile(r"[0-9]{1,7}")
_TITLES: Final = {400: "Bad request", 404: "Not found", 406: "Not acceptable"}


class Refusal(Exception):  # noqa: N818 - it carries the reply to a request that cannot be served
    """A request that is not served.

    Attributes:
        reply: what to answer.
    """

    def __init__(self, status: int, detail: str, **more: object) -> None:
        """Make problem details of a status, a sentence, and further members such as `allowed`."""
        super().__init__(detail)
        told = {"type": "about:blank", "title": _TITLES[status], "status": status, "detail": detail, **more}
        body = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
        self.reply = Reply(status, PROBLEM, body.encode("utf-8", "replace"))


def shown(text: str) -> str:
    """Return what somebody sent as it may stand in a message: short, odd signs escaped."""
    cut = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return ascii(cut) if is_odd(cut) else f"'{cut}'"


def is_odd(text: str) -> bool:
    """Return whether a text holds control characters, or what is left of bytes that were no UTF-8."""
    return any(
        sign == "\N{REPLACEMENT CHARACTER}" or unicodedata.category(sign) in ("Cc", "Cs", "Cn")
        for sign in text
    )


def _refuse_odd(name: str, value: str) -> None:
    if is_odd(name) or is_odd(value):
        raise Refusal(
            400, f"The parameter {shown(name)} holds control characters or no UTF-8.", parameter=shown(name)
        )
    if len(name) > MAX_VALUE or len(value) > MAX_VALUE:
        raise Refusal(
            400, f"The parameter {shown(name)} is longer than {MAX_VALUE} characters.", parameter=shown(name)
        )


def read_params(request: Request, known: Collection[str]) -> dict[str, str]:
    """Return the parameters of a request; what is left empty counts as left out.

    Args:
        request: the request.
        known: the names of all parameters there are.

    Raises:
        Refusal: one is not known, given twice, too long or odd.
    """
    found: dict[str, str] = {}
    for name, value in request.params:
        _refuse_odd(name, value)
        if name not in known:
            near = get_close_matches(name, known, 3, 0.5)
            hint = f" Did you mean {', '.join(near)}?" if near else ""
            raise Refusal(
                400,
                f"There is no parameter {shown(name)} here.{hint}",
                parameter=name,
                allowed=sorted(known),
                nearest=near,
            )
        if name in found:
            raise Refusal(400, f"The parameter {name!r} is given twice.", parameter=name)
        found[name] = value
    return {name: value for name, value in found.items() if value.strip()}


def whole(values: Mapping[str, str], name: str, default: int, most: int) -> int:
    """Return a parameter that is a whole number from 1 to `most`.

    Raises:
        Refusal: it is something else.
    """
    if name not in values:
        return default
    if not _WHOLE.fullmatch(values[name]) or not 1 <= int(values[name]) <= most:
        raise Refusal(400, f"{name} takes a whole number from 1 to {most}.", parameter=name)
    return int(values[name])


def form_of(request: Request, offered: Mapping[str, str], asked: str = "") -> str:
    """Return the form of the answer: what `format` says, else what `Accept` likes best.

    Args:
        request: the request.
        offered: media type by name, the one that we like best first.
        asked: the value of the parameter `format`, if it was given.

    Raises:
        Refusal: there is no such form, or the client accepts none.
    """
    if asked:
        if asked in offered:
            return asked
        raise Refusal(
            400,
            f"There is no format {shown(asked)} here. Formats: {', '.join(offered)}.",
            parameter="format",
            allowed=list(offered),
            nearest=get_close_matches(asked, offered, 1, 0.3),
        )
    media = negotiated(request.accept, list(offered.values()))
    if media is None:
        raise Refusal(406, f"Ask for one of {', '.join(offered.values())}.", allowed=list(offered.values()))
    return next(name for name, one in offered.items() if one == media)

"""What the tools take: the type of each argument, with its bounds and what a client is told of it.

In: nothing. Out: annotated types, of which the schemas are made that clients read.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from cscip_kg import ask, gapmap, gate, profiles, search

LONGEST_NAME: Final = 300
PARTS: Final = tuple(key for _, keys in profiles.PARTS for key in keys)
OUTSIDE: Final = gapmap.OUTSIDE.rpartition("/")[2]

Name = Annotated[str, Field(max_length=LONGEST_NAME)]
Words = Annotated[str, Field(max_length=1000, description="What is looked for, in plain words.")]
Question = Annotated[
    str, Field(max_length=ask.MAX_QUESTION, description="In English, such as: what reduced missing episodes?")
]
Kind = Annotated[
    Annotated[str, Field(max_length=LONGEST_NAME, json_schema_extra={"enum": list(search.KINDS)})] | None,
    Field(description="One kind of thing only."),
]
Limit = Annotated[int, Field(ge=1, le=150, description="How many hits at most.")]
Intervention = Annotated[Name, Field(description="Slug, id or any printed name: pause, 'No Wrong Door'.")]
Interventions = Annotated[
    list[Name],
    Field(min_length=profiles.FEWEST, max_length=profiles.MOST, description="Slugs, ids or printed names."),
]
ProfilePart = Annotated[
    Name, Field(json_schema_extra={"enum": ["all", *PARTS]}, description="One part of the profile, or all.")
]
Topic = Annotated[Name | None, Field(description="One topic only, told in full.")]
QueryName = Annotated[Name, Field(description="A stored query, as list_queries names it.")]
Values = Annotated[
    dict[Name, Annotated[str, Field(max_length=10_000)] | int] | None,
    Field(max_length=20, description="Values by parameter: a slug, an id or a name; text or a whole number."),
]
FirstRow = Annotated[int, Field(ge=1, le=1_000_000, description="Where to go on in a long answer.")]
Sparql = Annotated[str, Field(max_length=gate.MAX_QUERY, description="SELECT, ASK, CONSTRUCT or DESCRIBE.")]
Rows = Annotated[gapmap.Rows, Field(description="What the rows of the map are.")]
By = Annotated[gapmap.By, Field(description="Count findings by effect, or by what they are set against.")]
Row = Annotated[Name, Field(description="The row: slug, id or name.")]
Outcome = Annotated[Name, Field(description=f"One of the seven outcomes, or {OUTSIDE}.")]

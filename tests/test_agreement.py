"""The published figures of agreement between both codings, recomputed from the records."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
import yaml
from sklearn.metrics import cohen_kappa_score

ROOT = Path(__file__).parents[1]
ROW = re.compile(
    r"^\| `(?P<field>[a-z-]+)` \| (?P<items>\d+) \| (?P<agreed>\d+) \| (?P<kappa>-?\d\.\d{2}) \|$",
    re.MULTILINE,
)


def codings() -> dict[str, list[tuple[str, str]]]:
    """Return the pairs of first and second coding, by coded field."""
    records = yaml.safe_load((ROOT / "data" / "codings.yaml").read_text(encoding="utf-8"))["@graph"]
    pairs = defaultdict(list)
    for record in records:
        pairs[record["codedField"]].append((record["firstCoding"], record["secondCoding"]))
    return dict(pairs)


def published() -> dict[str, tuple[int, int, str]]:
    """Return the rows of the published table: field → items, agreed, kappa as printed."""
    text = (ROOT / "docs" / "agreement.md").read_text(encoding="utf-8")
    return {m["field"]: (int(m["items"]), int(m["agreed"]), m["kappa"]) for m in ROW.finditer(text)}


def test_every_coded_field_is_published() -> None:
    """The table has one row for each field that was coded twice, and no other."""
    assert set(published()) == set(codings())


@pytest.mark.parametrize("field", sorted(codings()))
def test_published_figures_follow_from_the_codings(field: str) -> None:
    """Items, agreement and Cohen's kappa as scikit-learn computes it are those of the published table."""
    first, second = zip(*codings()[field], strict=True)
    agreed = sum(one == two for one, two in zip(first, second, strict=True))
    kappa = cohen_kappa_score(first, second)
    assert published()[field] == (len(first), agreed, f"{kappa:.2f}")

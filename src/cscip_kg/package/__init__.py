"""A build as a package that others can deposit, find, load and check.

In: the current build and the records that it was made from. Out: the files of a release: the graph in every
form, tables, records, ontology, nanopublications, descriptions as RO-Crate, Frictionless data package,
Croissant and for DataCite, and checksums. The documents are made here, without the libraries that check them.
"""

from __future__ import annotations

from cscip_kg.package.about import EPOCH, About
from cscip_kg.package.bundle import ARCHIVE, NANOPUBS, SUMS, check_target, release, write
from cscip_kg.package.contents import Item
from cscip_kg.package.frictionless import FILE as VERSION_IN

__all__ = [
    "ARCHIVE",
    "EPOCH",
    "NANOPUBS",
    "SUMS",
    "VERSION_IN",
    "About",
    "Item",
    "check_target",
    "release",
    "write",
]

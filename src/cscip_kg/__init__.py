"""An open, cited knowledge graph of the Children's Social Care Innovation Programme's evidence."""

from importlib.metadata import version

__version__ = version("cscip-kg")

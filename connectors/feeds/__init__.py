"""RSS, RDF, Atom and JSON feeds."""

from connectors.feeds.connector import Feeds

__all__ = ["Feeds"]

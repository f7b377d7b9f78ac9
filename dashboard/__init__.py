"""Frontdesk: what is done with the items that connectors bring."""

__version__ = "0.1.0"

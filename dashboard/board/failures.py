"""What is known of a failure beyond its class: the host, and what it answered."""

from connectors.kit.net.facts import Met, met

__all__ = ["Met", "met"]

"""What every connector must pass: subclass one of these in its test and give it a tape."""

from connectors.kit.testing.conformance import Conformance, ConformanceWithoutTape

__all__ = ["Conformance", "ConformanceWithoutTape"]

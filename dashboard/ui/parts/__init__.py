"""The parts that views are made of: each has one ``show``."""

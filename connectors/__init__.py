"""Everything between a backend and an item; plugin authors import from ``connectors.kit``."""

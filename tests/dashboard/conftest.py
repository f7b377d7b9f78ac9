"""What every test of the dashboard may ask for."""

import logging

import pytest
import structlog


@pytest.fixture
def logging_as_it_was():
    """Take back, after the test, what it did to the log of the whole process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()

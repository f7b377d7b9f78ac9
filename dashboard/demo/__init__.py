"""A made-up day in a company, written to files that the ordinary connectors read."""

from dashboard.demo.delivery import Delivered, company, deliver

__all__ = ["Delivered", "company", "deliver"]

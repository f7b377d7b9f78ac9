"""Appointments and tasks from an iCalendar file or address."""

from connectors.calendar.connector import Calendar

__all__ = ["Calendar"]

"""Slack, live through its Web API and from an export, with one translation for both."""

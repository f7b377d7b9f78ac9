"""Tapes: the exchanges of a real session with a backend, recorded without secrets and played in tests."""

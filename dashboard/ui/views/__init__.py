"""The views of the page: each has one ``show(board, person, t)``."""

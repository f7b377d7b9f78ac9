"""The rooms of the admin view: each has one ``show(board, me, t)`` and shows names, counts and health only."""

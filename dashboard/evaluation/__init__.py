"""Measures the ranking on public logs, by the code that ranks for people, and learns the weights that ship."""

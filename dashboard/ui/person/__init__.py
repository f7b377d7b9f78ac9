"""The parts of the profile: what matters, what is never shown, oneself, what is known, and the page itself."""

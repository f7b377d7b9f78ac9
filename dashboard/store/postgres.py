"""PostgreSQL: how it is connected, and full text with tsvector."""

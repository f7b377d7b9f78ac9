"""Matrix, through the Client-Server API of any homeserver (https://spec.matrix.org)."""

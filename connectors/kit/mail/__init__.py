"""From the bytes of a mail (RFC 5322, MIME) to an item, bounded and tolerant."""

"""What the order is computed from: columns of facts, what the past says of a person, and the points of each reason."""

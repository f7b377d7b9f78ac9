"""The guarded way outside: which addresses may be reached, and how a request gets there and back."""

"""The questions of the public journey."""

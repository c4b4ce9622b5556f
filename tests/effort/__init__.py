"""What the staff's usual tasks cost: taps, characters and page loads, counted in a real browser, against their targets.

``make effort`` prints the table; the suite runs it too, and fails where a target is missed.
"""

"""The waiting list: who waits for which times, what they are offered, and who wants to hear when a clinic opens.

``joining`` begins and ends a wait, ``offering`` finds the first family that free times fit and keeps them for it,
``answering`` takes and declines offers, ``alerts`` tells people once of a clinic near them. See
docs/reference/waiting-list.md.
"""

"""Drills: many people at once, on a real PostgreSQL, in real processes.

``make drill`` runs them at full size and prints what came of each; the suite runs a short version. Beside each kind of
drill (last places through either door, families, kept times that run out, the outbox) stands a planted fault that it
must find, so that none of them can pass by not looking. An error never counts as a place sold twice.
"""

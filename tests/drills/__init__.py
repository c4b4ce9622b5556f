"""Drills: many people at once, on a real PostgreSQL, in real processes.

``make drill`` runs them at full size and prints what came of each; the suite runs a short version. Each drill has a
planted fault beside it that it must find, so that none of them can pass by not looking.
"""

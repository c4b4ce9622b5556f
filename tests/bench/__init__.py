"""How fast the service is, as ratios whose two sides are measured in turns in one run, on a real PostgreSQL.

``make bench`` prints each with its goal. A ratio says the same on a fast and on a slow machine; the milliseconds beside
it do not. Processor time is that of the service's own processes and of the database's, read from the system.
"""

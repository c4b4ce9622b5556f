"""Mutation runs: the schedule is changed in thousands of small ways, and its tests are to notice each."""

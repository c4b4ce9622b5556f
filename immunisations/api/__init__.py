"""People and their records for other systems of the team: a module for each subject, their addresses in ``urls``."""

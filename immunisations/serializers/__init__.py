"""What other systems send about people and their records, and how these look from outside: a module for each subject.

A ``New…Serializer`` reads what was sent. The others only describe, for the schema, what the ``shown_…`` function beside
them returns.
"""

"""Working out every person's statuses anew and putting right what differs: ``manage.py rebuild_status``.

``pages`` does the work for a stretch of people, ``run`` goes through all stretches and remembers which are done,
``workers`` shares them among processes.
"""

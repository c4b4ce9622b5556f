"""Drop-ins: when and where they are, how busy they are now, and tickets for a place in the queue.

A ticket is a family's word that it is on its way. It is for one day, holds no place of the grid, and reads and writes
no record; the desk takes it in with one press. In what order people are seen says ``bookings.queue``.

``opening`` says when a drop-in is and how long one waits there, ``tickets`` is the family's side of a ticket, ``desk``
the staff's. See docs/reference/drop-in.md.
"""

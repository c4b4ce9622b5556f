"""What people fill in about bookings, by who they are."""

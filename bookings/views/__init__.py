"""The pages of bookings, by who reads them."""

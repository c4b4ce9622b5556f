"""What people fill in about clinics."""

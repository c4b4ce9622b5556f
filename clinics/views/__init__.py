"""The pages of clinics, by who reads them."""

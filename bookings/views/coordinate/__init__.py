"""The screens of whoever co-ordinates a team: its coming clinics, its stock, a batch recall."""

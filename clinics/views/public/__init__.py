"""The pages anybody may read: the start, the clinics, and the answers to questions."""

from clinics.views.public.clinics import page_number

__all__ = ["page_number"]

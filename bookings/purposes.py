"""What bookings write to people for: each names its templates, ``templates/messages/<purpose>.<channel>.txt``."""

CONFIRMATION = "booking_confirmation"
CANCELLATION = "appointment_cancelled"
CHANGE = "booking_changed"
CLINIC_CANCELLED = "clinic_cancelled"
REMINDER_WEEK = "reminder_week"
REMINDER_DAY = "reminder_day"
WAITING_LIST_OFFER = "waiting_list_offer"
WAITING_LIST_OVER = "waiting_list_over"
WAITING_LIST_CANCELLED = "waiting_list_cancelled"
OPENING_ALERT = "clinic_opening"
AFTER_VISIT = "after_visit"
# To an address that the contact has no more, which hears nothing else.
CONTACT_REPLACED = "contact_replaced"

# Why somebody is not told of a clinic after all: they are told of the next.
FILLED_UP = "The clinic takes no bookings any more."

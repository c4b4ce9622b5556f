"""The demonstration: a county's clinics and invented people, on dates around today.

Everybody in it is made up; their NHS numbers are from the range that is never issued (999). All of it is made by the
service's own actions, so that what a newcomer sees is what the service does.
"""

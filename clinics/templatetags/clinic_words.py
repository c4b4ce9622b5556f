"""The words of times and days, for templates."""

from django import template

from clinics import words

register = template.Library()

register.filter("clock", words.clock)
register.filter("day_words", words.day)
register.filter("plain_date", words.plain_date)

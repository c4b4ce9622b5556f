"""What templates ask about the user."""

from django import template

from accounts.admin_site import may_use_admin

register = template.Library()

register.filter("may_use_admin", may_use_admin)

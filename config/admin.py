"""Django's admin, with our own site in the place of the default one."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Makes ``admin.site`` the site whose doors are the roles of our teams."""

    default_site = "accounts.admin_site.StaffAdminSite"

"""The start of the service, and what it says about itself."""

from django.views.generic import TemplateView


class Start(TemplateView):
    """What this is, and what nobody needs to have."""

    template_name = "public/start.html"


class About(TemplateView):
    """What the service is, and whose data it uses."""

    template_name = "public/about.html"

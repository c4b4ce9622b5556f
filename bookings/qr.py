"""QR codes as pictures that a page can hold: they carry an address with a random token, and nothing about anybody."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from bookings.messages import link_to
from bookings.models import Booking


def qr_svg(text: str, *, label: str) -> SafeString:
    """Return the QR code of a text as an SVG with four modules of quiet around it; ``label`` says what it is for."""
    # Of the eight masks that a code may have, choosing the best costs five times what the code itself does.
    code = QRCode(error_correction=ERROR_CORRECT_M, border=4, mask_pattern=2)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    size = len(rows)
    return format_html(
        '<svg class="app-qr" viewBox="0 0 {} {}" role="img" aria-label="{}" shape-rendering="crispEdges">'
        '<rect class="app-qr__paper" width="{}" height="{}"></rect><path d="{}"></path></svg>',
        size,
        size,
        label,
        size,
        size,
        SafeString(path),
    )


def booking_qr(booking: Booking) -> SafeString:
    """Return the QR code of a booking's private link: at the clinic it marks the family as arrived in one go.

    Nothing where the key that made the link is retired: the link works, and only messages sent before carry it.
    """
    try:
        address = link_to(booking)
    except LookupError:
        return SafeString("")
    return qr_svg(address, label=_("QR code of your booking"))

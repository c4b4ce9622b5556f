"""QR codes as pictures that a page can hold: they carry an address with a random token, and nothing about anybody."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode


def qr_svg(text: str, *, label: str) -> SafeString:
    """Return the QR code of a text as an SVG with four modules of quiet around it; ``label`` says what it is for."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    size = len(rows)
    return format_html(
        '<svg class="app-qr" viewBox="0 0 {} {}" role="img" aria-label="{}" shape-rendering="crispEdges">'
        '<rect width="{}" height="{}" fill="#fff"></rect><path d="{}" fill="#000"></path></svg>',
        size,
        size,
        label,
        size,
        size,
        SafeString(path),
    )

"""Vendor the NHS.UK frontend: copy what we serve out of an unpacked npm package, and make it fit to be served.

    npm pack nhsuk-frontend@10.6.1 && tar xzf nhsuk-frontend-10.6.1.tgz
    npm install --prefix tools rtlcss@4.3.0
    python -m nhsuk.vendor package static/nhsuk --rtlcss tools/node_modules/.bin/rtlcss

What is changed, and why:

* the two ``@font-face`` rules go: Frutiger is licensed to NHS bodies and would be fetched from another host;
* addresses of images become relative, so that any ``STATIC_URL`` and fingerprinted file names work;
* source-map lines go: the maps are not served, and ``collectstatic`` fails on a name it cannot find;
* a mirrored stylesheet is made for right-to-left languages, because the original uses left and right throughout.
"""

import argparse
import re
import shutil
import subprocess
from pathlib import Path

IMAGES = (
    "nhsuk-icon-arrow-down.svg",
    "nhsuk-icon-arrow-up-down.svg",
    "nhsuk-icon-arrow-up.svg",
    "nhsuk-icon-cross.svg",
)
# What mirroring each rule by itself gets wrong: arrows are a rotated corner, and a tick is a tick in every script.
MIRROR_CORRECTIONS = """
.nhsuk-back-link:before{transform:translateX(-.1052631579em) rotate(45deg)}
.nhsuk-breadcrumb__list-item:before{transform:translateX(.1401650429em) rotate(225deg)}
.nhsuk-header__menu-toggle:after{transform:translateY(-.2261931458em) rotate(135deg)}
.nhsuk-header__menu-toggle[aria-expanded=true]:after{transform:translateY(.1052631579em) rotate(-45deg)}
.nhsuk-details:not([open])>.nhsuk-details__summary:before{clip-path:polygon(100% 0,0 50%,100% 100%)}
.nhsuk-checkboxes__label:after{right:.0625rem;transform:rotate(-45deg) translate(-50%,-50%)}
.nhsuk-checkboxes__label:after{border-width:0 0 .25rem .25rem}
.nhsuk-checkboxes--small .nhsuk-checkboxes__label:after{right:.1875rem;border-width:0 0 .1875rem .1875rem}
"""
FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
SOURCE_MAP = re.compile(r"\s*(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S+)\s*")


def fit_css(css: str) -> str:
    """Return the stylesheet without outside fonts and source maps, its image addresses relative to its own folder."""
    css = SOURCE_MAP.sub("", FONT_FACE.sub("", css))
    return css.replace("url(/assets/", "url(assets/").replace("font-family:Frutiger W01,arial", "font-family:arial")


def fit_js(script: str) -> str:
    """Return the script without its source-map line."""
    return SOURCE_MAP.sub("\n", script)


def vendor(package: Path, target: Path, rtlcss: str) -> None:
    """Write the served files of the unpacked npm ``package`` into ``target``; ``rtlcss`` is that program's path.

    Raises ``FileNotFoundError`` where the package lacks a file, and ``CalledProcessError`` where rtlcss fails.
    """
    dist = package / "dist" / "nhsuk"
    (target / "assets" / "images").mkdir(parents=True, exist_ok=True)
    for image in IMAGES:
        shutil.copyfile(dist / "assets" / "images" / image, target / "assets" / "images" / image)
    stylesheet = target / "nhsuk-frontend.min.css"
    stylesheet.write_text(fit_css((dist / stylesheet.name).read_text("utf-8")), "utf-8")
    script = target / "nhsuk-frontend.min.js"
    script.write_text(fit_js((dist / script.name).read_text("utf-8")), "utf-8")
    mirrored = target / "nhsuk-frontend-rtl.min.css"
    subprocess.run([rtlcss, stylesheet, mirrored], check=True)
    mirrored.write_text(mirrored.read_text("utf-8") + MIRROR_CORRECTIONS, "utf-8")


def main() -> None:
    """Read the command line and vendor."""
    parser = argparse.ArgumentParser(description="Vendor the NHS.UK frontend from its unpacked npm package.")
    parser.add_argument("package", type=Path, help="folder that holds package.json and dist/")
    parser.add_argument("target", type=Path, help="folder to write to, static/nhsuk")
    parser.add_argument("--rtlcss", default="rtlcss", help="the rtlcss program")
    options = parser.parse_args()
    vendor(options.package, options.target, options.rtlcss)


if __name__ == "__main__":
    main()

// The search box of a choice calls its shown value a text box of its own, without a name: it is the box's name instead.
"use strict";

window.addEventListener("load", () => {
  for (const shown of document.querySelectorAll(".select2-selection__rendered")) {
    shown.removeAttribute("role");
    shown.removeAttribute("aria-readonly");
  }
});

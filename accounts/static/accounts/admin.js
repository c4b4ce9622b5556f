// The search box of a choice calls its shown value a text box of its own, without a name: it is the box's name instead.
"use strict";

if (window.django && window.django.jQuery) {
  // Asked for after Django's own start-up, and so run after it.
  window.django.jQuery(() => {
    for (const shown of document.querySelectorAll(".select2-selection__rendered")) {
      shown.removeAttribute("role");
      shown.removeAttribute("aria-readonly");
    }
  });
}

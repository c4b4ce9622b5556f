// Keeps a family's place in the queue fresh, and stops once they have been seen.
const EVERY = 20_000;
const place = document.querySelector("#queue-place");
const updated = document.querySelector("#queue-updated");

async function ask() {
  if (!document.hidden) {
    try {
      const response = await fetch(location.href, { cache: "no-store" });
      if (response.ok) {
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const now = page.querySelector("#queue-place");
        const when = page.querySelector("#queue-updated");
        // Said anew only where it says something else.
        if (now && now.innerHTML !== place.innerHTML) place.innerHTML = now.innerHTML;
        if (when) updated.innerHTML = when.innerHTML;
        else updated.remove();
        if (!now?.hasAttribute("data-goes-on")) return;
      }
    } catch {
      // No connection for the moment: what is shown says when it was true.
    }
  }
  setTimeout(ask, EVERY);
}
setTimeout(ask, EVERY);

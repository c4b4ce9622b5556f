// Starts the NHS components that JavaScript improves. Every page works without it.
const { initAll } = await import(document.querySelector("#nhsuk-frontend").href);

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
initAll();

// A radio button has no expanded state: assistive technology is told by the order of the page instead.
for (const radio of document.querySelectorAll(".nhsuk-radios__input[aria-expanded]")) {
  const withdraw = () => radio.removeAttribute("aria-expanded");
  new MutationObserver(withdraw).observe(radio, { attributeFilter: ["aria-expanded"] });
  withdraw();
}

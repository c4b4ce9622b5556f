// Starts the NHS components that JavaScript improves. Every page works without it.
const { initAll } = await import(document.querySelector("#nhsuk-frontend").href);

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
initAll();

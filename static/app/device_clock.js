// Sends along what the clock of this device says when a form is sent: kept beside the service's own time.
for (const field of document.querySelectorAll("input[name=device_at]")) {
  field.form.addEventListener("submit", () => {
    field.value = new Date().toISOString();
  });
}

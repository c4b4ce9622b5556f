// Reads a QR code with the camera and types it into the search box, as a scanner does. Without a camera, or without
// this, there is only the box.
const parts = document.querySelector("#scan-parts");
const form = parts?.closest("form");
const EVERY = 150;
const WIDEST = 640;

if (form && navigator.mediaDevices?.getUserMedia && "showModal" in HTMLDialogElement.prototype) {
  form.append(parts.content.cloneNode(true));
  const open = form.querySelector("[data-scan-open]");
  const dialog = form.querySelector("dialog");
  const said = dialog.querySelector("[role='status']");
  const video = dialog.querySelector("video");
  let stream = null;

  open.addEventListener("click", async () => {
    dialog.showModal();
    said.textContent = said.dataset.hold;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      said.textContent = said.dataset.refused;
      return;
    }
    if (!dialog.open) return stop();
    video.srcObject = stream;
    await video.play();
    look(await reader());
  });
  dialog.querySelector("[data-scan-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", stop);

  function stop() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.srcObject = null;
  }

  // The browser's own reader where there is one, else ours, which is only fetched now.
  async function reader() {
    if ("BarcodeDetector" in globalThis && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async () => (await detector.detect(video))[0]?.rawValue;
    }
    await import(parts.dataset.reader);
    const canvas = document.createElement("canvas");
    const brush = canvas.getContext("2d", { willReadFrequently: true });
    return async () => {
      const scale = Math.min(1, WIDEST / video.videoWidth);
      canvas.width = video.videoWidth * scale;
      canvas.height = video.videoHeight * scale;
      if (!canvas.width) return null;
      brush.drawImage(video, 0, 0, canvas.width, canvas.height);
      const { data, width, height } = brush.getImageData(0, 0, canvas.width, canvas.height);
      return globalThis.jsQR(data, width, height)?.data;
    };
  }

  async function look(read) {
    if (!stream) return;
    const text = await read().catch(() => null);
    if (text && stream) {
      form.elements.namedItem("q").value = text;
      dialog.close();
      form.requestSubmit();
      return;
    }
    setTimeout(look, EVERY, read);
  }
}

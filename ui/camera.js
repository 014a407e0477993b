// What keeps the browser from showing its camera, in words. The component that asks for the camera, in a frame of its
// own, reports it as an alert that begins with the error's name, and the server never hears of it.
const REASONS = {
  NotAllowedError: "The camera was refused. Allow it beside the page's address and press START again, or choose files or sample.",
  NotFoundError: "No camera was found. Plug one in and press START again, or choose files or sample.",
  NotReadableError: "The camera is in use by another program. Close that and press START again, or choose files or sample.",
};
const INSECURE = "The browser gives its camera only to pages on localhost or with HTTPS. Choose files or sample.";
const LOOK_EVERY = 300; // ms

function reason() {
  if (!navigator.mediaDevices) return INSECURE;
  for (const frame of document.querySelectorAll("iframe")) {
    const alert = frame.contentDocument?.querySelector("[role=alert]")?.textContent ?? "";
    const name = alert.split(":")[0];
    if (name.endsWith("Error")) return REASONS[name] ?? `The camera does not start (${alert}). Choose files or sample.`;
  }
  return "";
}

export default function ({ parentElement }) {
  const words = parentElement.querySelector("p");
  const look = () => {
    const said = reason();
    if (words.textContent !== said) words.textContent = said;
    words.hidden = !said;
  };
  look();
  const timer = setInterval(look, LOOK_EVERY);
  return () => clearInterval(timer);
}

// Small comforts; every page works without them. Old WebViews run this: the language of 2017.
// A second tap on the one button is harmless: the first one is under way.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    for (const button of document.querySelectorAll("[data-once]")) button.setAttribute("aria-busy", "true");
  });
}
// A page that comes back from the browser's memory may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[data-once]")) button.removeAttribute("aria-busy");
});
const focused = document.querySelector("[data-focus]");
if (focused) focused.focus();
// A form that came back with errors is the answer to a post: "back" and "reload" would end at the browser's own warning.
if (document.getElementById("errors")) history.replaceState(null, "", location.href);

// What the other driver is doing now: asked every 4 s, less often while the net is bad, not at all while the page is hidden.
const strip = document.querySelector("[data-live]");
const EVERY_MS = 4000;
const LONGEST_MS = 60000;
let pause = EVERY_MS;

async function ask() {
  if (document.hidden) return;
  try {
    const response = await fetch(strip.dataset.url, { headers: { accept: "application/json" } });
    // Taken out of the case: he should not go on typing into a form that nobody takes.
    if (response.status === 404) return location.reload();
    if (!response.ok) throw new Error(String(response.status));
    const live = await response.json();
    const text = strip.querySelector("[data-live-text]");
    if (text.textContent !== live.text) text.textContent = live.text;
    strip.classList.toggle("kc-strip_alone", !live.joined);
    const moved = live.step !== strip.dataset.step;
    if (moved && ("waiting" in strip.dataset || live.step === "ended")) return location.reload();
    pause = EVERY_MS;
  } catch (_) {
    pause = Math.min(pause * 2, LONGEST_MS);
  }
}

async function keepAsking() {
  await ask();
  setTimeout(keepAsking, pause);
}

if (strip) {
  setTimeout(keepAsking, pause);
  document.addEventListener("visibilitychange", ask);
}

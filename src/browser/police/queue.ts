import { all, one } from "../dom.ts";

/** Keeps the open queue as it is, tells of what is new, and moves by keys. */
const queue = one("[data-queue]");
const news = one("[data-news]");
const sound = one<HTMLButtonElement>("[data-sound]");
const keys = one<HTMLDetailsElement>("[data-keys]");
const title = document.title;
const ending = one("[data-ending]");
const out = one("[data-out]");
const SOUND_KEY = "desk-sound";
const AGAIN_MS = 5000;
/** how long before its end a session is warned of */
const WARN_MS = 120_000;
const ROWS = "/police/queue/rows";
/** answers with the rows as well, and keeps the session */
const STAY = "/police/queue/stay";

const rows = (): HTMLElement => one("[data-rows]", queue);
const idsOf = (element: HTMLElement): string[] => (element.dataset["ids"] || "").split(" ").filter(Boolean);
/** what the server's clock is ahead of this one, in ms */
const aheadMs = (): number => Date.parse(rows().dataset["now"] || "") - Date.now();

let ahead = aheadMs();
/** the server is asked again when the session has this long to live: another page may have kept it */
let askAtMs = WARN_MS;

const leftMs = (): number => Date.parse(rows().dataset["until"] || "") - Date.now() - ahead;

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);

function tick(): void {
  for (const clock of all<HTMLTimeElement>(".desk-clock", queue)) {
    const seconds = Math.max(0, Math.floor((Date.now() + ahead - Date.parse(clock.dateTime)) / 1000));
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    clock.textContent = `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
    const [late, over] = [Number(clock.dataset["late"]) * 60, Number(clock.dataset["over"]) * 60];
    clock.dataset["level"] = seconds >= over ? "over" : seconds >= late ? "late" : "";
  }
  if (!out.hidden || leftMs() > askAtMs) return;
  askAtMs = Number.NEGATIVE_INFINITY;
  renewed();
}

function writeTitle(): void {
  const notice = [out, ending].filter(({ hidden }) => !hidden)[0];
  const waiting = notice ? 0 : Number(rows().dataset["waiting"]);
  const before = notice ? `${notice.dataset["title"]} · ` : waiting > 0 ? `(${waiting}) ` : "";
  document.title = before + title;
}

let audio: AudioContext | null = null;

/** Two short tones, a fifth apart. */
function ring(): void {
  if (sound.getAttribute("aria-pressed") !== "true") return;
  audio = audio || new AudioContext();
  void audio.resume();
  const start = audio.currentTime;
  for (const [at, hertz] of [
    [0, 660],
    [0.18, 990],
  ] as const) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.2, start + at);
    volume.gain.exponentialRampToValueAtTime(0.001, start + at + 0.16);
    tone.connect(volume).connect(audio.destination);
    tone.start(start + at);
    tone.stop(start + at + 0.17);
  }
}

function press(isOn: boolean): void {
  sound.setAttribute("aria-pressed", String(isOn));
  localStorage.setItem(SOUND_KEY, isOn ? "on" : "off");
}

/** Tells whoever only listens that the session is about to end, once. */
function watchEnd(): void {
  const isEnding = leftMs() <= WARN_MS;
  askAtMs = isEnding ? 0 : WARN_MS;
  if (isEnding && ending.hidden) ring();
  ending.hidden = !isEnding;
}

/** The session is over: the sound says so once, the title until somebody comes; the cases are taken away. */
function signedOut(): void {
  ending.hidden = true;
  out.hidden = false;
  queue.innerHTML = "";
  news.textContent = "";
  writeTitle();
  ring();
}

/** Asks for the rows; the focus stays on the case on which it was. */
async function renew(path: string): Promise<void> {
  const response = await fetch(path);
  if (response.redirected || response.status === 401) {
    signedOut();
    return;
  }
  if (!response.ok) throw new Error(String(response.status));
  const html = await response.text();
  const known = idsOf(rows());
  const focused = (document.activeElement as HTMLElement | null)?.dataset["row"];
  queue.innerHTML = html;
  ahead = aheadMs();
  if (focused)
    all<HTMLAnchorElement>("[data-row]", queue)
      .find((link) => link.dataset["row"] === focused)
      ?.focus();
  const fresh = idsOf(rows()).filter((id) => known.indexOf(id) < 0);
  news.textContent = fresh.length > 0 ? news.dataset["one"] || "" : "";
  if (fresh.length > 0) ring();
  watchEnd();
  writeTitle();
  tick();
}

let isRenewing = false;
/** what to ask for once the answer on its way is here; null: nothing */
let next: string | null = null;

function renewed(path = ROWS): void {
  if (!out.hidden) return;
  if (isRenewing) {
    // news must not take the place of a wish to stay
    if (next !== STAY) next = path;
    return;
  }
  isRenewing = true;
  renew(path)
    .catch(() => {
      news.textContent = news.dataset["lost"] || "";
      setTimeout(() => renewed(path), AGAIN_MS);
    })
    .then(() => {
      isRenewing = false;
      const wanted = next;
      next = null;
      if (wanted) renewed(wanted);
    });
}

function listen(): void {
  if (!out.hidden) return;
  const stream = new EventSource("/police/queue/stream");
  stream.addEventListener("changed", () => renewed());
  stream.addEventListener("error", () => {
    if (stream.readyState !== EventSource.CLOSED || !out.hidden) return;
    setTimeout(listen, AGAIN_MS);
    renewed();
  });
  addEventListener("pagehide", () => stream.close());
}

function move(by: number): void {
  const links = all<HTMLAnchorElement>("[data-row]", queue);
  const at = links.indexOf(document.activeElement as HTMLAnchorElement);
  const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by;
  links[Math.min(Math.max(next, 0), links.length - 1)]?.focus();
}

function take(): void {
  const row = (document.activeElement as HTMLElement | null)?.dataset["row"];
  const form = all<HTMLFormElement>("form[data-take]", queue).find((one) => one.dataset["take"] === row);
  form?.submit();
}

const ACTS: Record<string, () => void> = {
  j: () => move(1),
  k: () => move(-1),
  t: take,
  "?": () => {
    keys.open = !keys.open;
  },
};

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLElement && /^(?:INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  const act = ACTS[event.key];
  if (!act || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
});

one("[data-stay]").addEventListener("click", () => renewed(STAY));
sound.hidden = false;
press(localStorage.getItem(SOUND_KEY) !== "off");
sound.addEventListener("click", () => {
  press(sound.getAttribute("aria-pressed") !== "true");
  ring();
});
writeTitle();
setInterval(tick, 1000);
listen();

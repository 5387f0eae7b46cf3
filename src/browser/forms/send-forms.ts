// Sends forms by script, so that one without a network waits on its page and goes by itself. Sending twice is
// harmless: the server does the same thing once. What it does not take is posted again by the browser, which
// shows the server's page with the reasons.
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30000;
/** A drawn name on a slow network takes half a minute. */
const SENDING_MS = 60000;
/** What a proxy says while the server restarts. */
const AWAY = [502, 504];
const URLENCODED = "application/x-www-form-urlencoded";

/** A form on its way. */
interface Sending {
  form: HTMLFormElement;
  pressed: HTMLButtonElement | null;
}

/** Where the server leads after it has taken a form; `null`: it has not; "away": it was not reached. */
type Outcome = { to: string } | null | "away";

export interface Listener {
  /** The form's fields are at the server. */
  taken(form: HTMLFormElement): void;
  /** `isWaiting`: the network is missing, the form will be sent by itself. */
  waiting(isWaiting: boolean): void;
  busy(isBusy: boolean): void;
}

/** Sends every posted form of the page, except those with files. */
export function sendForms(listener: Listener): void {
  // `submitter` of the event came with Chrome 81 and iOS 15.4; Enter clicks the button as well.
  let pressed: HTMLButtonElement | null = null;
  document.addEventListener(
    "click",
    ({ target }) => {
      pressed = target instanceof Element ? target.closest<HTMLButtonElement>("button") : null;
    },
    true,
  );
  const sender = createSender(listener);
  // On the document: the form's own listeners have filled its hidden fields by then.
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const sending = { form, pressed: pressed && pressed.form === form ? pressed : null };
    if (event.defaultPrevented || !isPlain(sending)) return;
    event.preventDefault();
    sender.send(sending);
  });
}

const attributeOf = ({ form, pressed }: Sending, name: string): string =>
  pressed?.getAttribute(`form${name}`) || form.getAttribute(name) || "";

const isPlain = (sending: Sending): boolean =>
  attributeOf(sending, "method").toLowerCase() === "post" &&
  (attributeOf(sending, "enctype") || URLENCODED) === URLENCODED;

function createSender(listener: Listener) {
  let now: Sending | null = null;
  let pause = FIRST_PAUSE_MS;
  let timer: number | undefined;
  let isUnderWay = false;

  async function work(): Promise<void> {
    if (!now || isUnderWay) return;
    clearTimeout(timer);
    isUnderWay = true;
    listener.busy(true);
    const outcome = await post(now);
    isUnderWay = false;
    if (outcome === "away") return rest();
    if (outcome === null) return natively(now);
    if (!isSignIn(outcome.to)) listener.taken(now.form);
    location.assign(outcome.to);
  }

  function rest(): void {
    listener.busy(false);
    listener.waiting(true);
    timer = setTimeout(work, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }

  function hurry(): void {
    pause = FIRST_PAUSE_MS;
    if (!document.hidden) work();
  }
  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", hurry);
  // Back from the next page, as the browser had kept this one.
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    now = null;
    listener.busy(false);
    listener.waiting(false);
  });
  return {
    /** A second tap sends what waits, and is ignored while something is under way. */
    send(sending: Sending): void {
      if (isUnderWay) return;
      now = sending;
      pause = FIRST_PAUSE_MS;
      work();
    },
  };
}

/** The driver has to sign in first: nothing was taken. */
const isSignIn = (to: string): boolean => new URL(to, location.href).pathname.endsWith("/h5/signin");

function post(sending: Sending): Promise<Outcome> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", attributeOf(sending, "action") || location.href);
    request.setRequestHeader("accept", "text/html");
    request.setRequestHeader("content-type", URLENCODED);
    request.setRequestHeader("x-sent-by", "script");
    request.timeout = SENDING_MS;
    request.onload = () => resolve(outcomeOf(request));
    request.onerror = request.ontimeout = request.onabort = () => resolve("away");
    request.send(bodyOf(sending).toString());
  });
}

function outcomeOf(request: XMLHttpRequest): Outcome {
  if (AWAY.includes(request.status)) return "away";
  const to = request.status === 204 ? request.getResponseHeader("location") : null;
  return to ? { to } : null;
}

function bodyOf({ form, pressed }: Sending): URLSearchParams {
  const body = new URLSearchParams();
  new FormData(form).forEach((value, name) => {
    if (typeof value === "string") body.append(name, value);
  });
  if (pressed?.name) body.append(pressed.name, pressed.value);
  return body;
}

function natively({ form, pressed }: Sending): void {
  const action = pressed?.getAttribute("formaction");
  if (action) form.setAttribute("action", action);
  if (pressed?.name) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = pressed.name;
    field.value = pressed.value;
    form.append(field);
  }
  // not form.submit(), which a field of that name would hide
  HTMLFormElement.prototype.submit.call(form);
}

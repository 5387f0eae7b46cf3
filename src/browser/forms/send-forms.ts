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

/** Where the server leads after a form; `null`: it shows the form again; "away": it was not reached. */
type Outcome = { to: string; isTaken: boolean } | null | "away";

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
  /** Opens the next page: the last form was answered, and the browser is on its way. */
  let leave: (() => void) | null = null;
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
    const { form } = now;
    // not form.submit(), which a field of that name would hide
    leave = outcome === null ? () => HTMLFormElement.prototype.submit.call(form) : () => location.assign(outcome.to);
    if (outcome === null) carryButton(now);
    else if (outcome.isTaken) listener.taken(form);
    now = null;
    leave();
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
    leave = null;
    listener.busy(false);
    listener.waiting(false);
  });
  return {
    /** A second tap sends what waits; after the answer it leads on, as the next page may be slow to come. */
    send(sending: Sending): void {
      if (leave) leave();
      if (leave || isUnderWay) return;
      now = sending;
      pause = FIRST_PAUSE_MS;
      work();
    },
  };
}

/** Set by the server where it leads elsewhere without having taken the form (src/http/see-other.ts). */
const NOT_TAKEN = "x-form-not-taken";

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
  return to ? { to, isTaken: request.getResponseHeader(NOT_TAKEN) === null } : null;
}

function bodyOf({ form, pressed }: Sending): URLSearchParams {
  const body = new URLSearchParams();
  new FormData(form).forEach((value, name) => {
    if (typeof value === "string") body.append(name, value);
  });
  if (pressed?.name) body.append(pressed.name, pressed.value);
  return body;
}

/** Puts what the pressed button says into the form, which the browser then sends by itself. */
function carryButton({ form, pressed }: Sending): void {
  const action = pressed?.getAttribute("formaction");
  if (action) form.setAttribute("action", action);
  if (!pressed?.name) return;
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = pressed.name;
  field.value = pressed.value;
  form.append(field);
}

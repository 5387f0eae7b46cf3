// Sends the photographs one by one and keeps each on the phone until the server has stored it.
import type { PhotoAnswer, PhotoError } from "./answer.ts";
import { forget, type Kept, remember, remembered } from "./kept.ts";
import { nameOf, type Sending, type Sent, sendPhoto } from "./send.ts";
import { shrunk } from "./shrink.ts";

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30000;
/** Transmissions that may arrive damaged before the picture is given up. */
const MOST_FAULTS = 3;
/** Pictures of other cases are deleted after this time. */
const KEPT_MS = 48 * 3600 * 1000;

/** Pieces were deleted meanwhile: they are sent again. */
const PIECES_MISSING = "pieces-missing";
/** Lasts until an operator makes room. */
const NO_ROOM = "storage-full";
const TOO_MANY = 429;
/** Codes that are tried again a few times: something on the way has changed or cut the bytes. */
const DAMAGED = ["upload-damaged", "malformed-body"];

interface Item extends Kept, Sending {
  faults: number;
  isReady: boolean;
  isDropped: boolean;
}

/** Receives the progress of each slot's picture. */
export interface Listener {
  /** `share`: 0..1 */
  sending(slot: string, share: number): void;
  /** `picture` when an earlier visit left it, `sentence` when the server says why */
  waiting(slot: string, why: { picture?: Blob; sentence?: string }): void;
  stored(slot: string, answer: PhotoAnswer): void;
  /** refused for a finding */
  refused(slot: string, error: PhotoError): void;
  failed(slot: string, sentence?: string): void;
  signedOut(): void;
}

export interface Queue {
  add(slot: string, blob: Blob): Promise<void>;
  /** Resumes what an earlier visit could not send. */
  resume(): Promise<void>;
}

const codeOf = ({ answer }: Sent): string => (answer.error ? answer.error.code : "");
const isDamaged = (sent: Sent): boolean => DAMAGED.includes(codeOf(sent));
/** True when a repetition may succeed: no network, a server that restarts or has no room. */
const isPassing = (sent: Sent): boolean =>
  [0, 408, 429].includes(sent.status) || sent.status >= 500 || codeOf(sent) === PIECES_MISSING;

/** Tells whether the picture is sent again, and counts a transmission that arrived damaged. */
function isAgain(item: Item, sent: Sent): boolean {
  if (isDamaged(sent)) item.faults++;
  return (isDamaged(sent) && item.faults < MOST_FAULTS) || isPassing(sent);
}

/** Calls `hurry` when the network is back, and when the page is looked at again. */
function whenReachable(hurry: () => void): void {
  addEventListener("online", hurry);
  // A phone in the pocket stops the timers of its pages.
  document.addEventListener("visibilitychange", () => document.hidden || hurry());
}

/** Removes a picture from the queue and from the phone. */
function remove(items: Item[], item: Item): Promise<unknown> {
  const at = items.indexOf(item);
  if (at >= 0) items.splice(at, 1);
  return forget(item.key);
}

/** Reduces a picture once: reduced again it would be a different picture to the server. */
async function prepare(item: Item): Promise<void> {
  if (item.isReady) return;
  if (item.sha256 === undefined) {
    Object.assign(item, await shrunk(item.bytes, item.type));
    item.sha256 = await nameOf(item.bytes);
    if (!item.isDropped) await remember(item);
  }
  item.isReady = true;
}

function tell(listener: Listener, slot: string, { status, answer }: Sent): void {
  if (status >= 200 && status < 300) listener.stored(slot, answer as PhotoAnswer);
  else if (answer.error?.finding) listener.refused(slot, answer.error);
  else listener.failed(slot, answer.error?.message);
}

/** Creates the queue of one page; `form` names case and addresses. */
export function createQueue(form: HTMLFormElement, listener: Listener): Queue {
  const caseId = form.dataset["case"];
  const sender = createSender(form, listener);
  return {
    async add(slot, blob) {
      const at = Date.now();
      const bytes = await new Response(blob).arrayBuffer().catch(() => null);
      // Chosen from an album that has removed it meanwhile, or left empty by the phone's camera.
      if (!bytes || bytes.byteLength === 0) return listener.failed(slot);
      const item = itemOf({ key: `${caseId}/${slot}/${at}`, at, slot, type: blob.type, bytes });
      // A slot has one picture, the newest; extras are unlimited.
      const older = sender.items.filter((one) => one.slot === slot && slot !== "extra");
      sender.items.push(item);
      await remember(item);
      await Promise.all(older.map(sender.drop));
      await sender.work();
    },
    async resume() {
      for (const kept of await remembered()) {
        if (kept.key.startsWith(`${caseId}/`)) {
          sender.items.push(itemOf(kept));
          listener.waiting(kept.slot, { picture: new Blob([kept.bytes], { type: kept.type }) });
        } else if (kept.at < Date.now() - KEPT_MS) await forget(kept.key);
      }
      await sender.work();
    },
  };
}

const itemOf = (kept: Kept): Item => ({ ...kept, faults: 0, isReady: false, isDropped: false });

interface Sender {
  items: Item[];
  work(): Promise<void>;
  /** removes a picture; its request is aborted */
  drop(item: Item): Promise<unknown>;
}

function createSender(form: HTMLFormElement, listener: Listener): Sender {
  const items: Item[] = [];
  let isBusy = false;
  let pause = FIRST_PAUSE_MS;
  let timer: number | undefined;

  async function work(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    clearTimeout(timer);
    try {
      for (let item = items[0]; item && (await goesOn(item)); ) item = items[0];
    } finally {
      isBusy = false;
    }
  }

  /** True: the next one may follow at once. */
  async function goesOn(item: Item): Promise<boolean> {
    listener.sending(item.slot, 0);
    await prepare(item);
    const sent = await sendPhoto(form, item, (share) => {
      if (!item.isDropped) listener.sending(item.slot, share);
    });
    if (item.isDropped) return true;
    if (isAgain(item, sent)) {
      rest(sent);
      return false;
    }
    // An expired session is renewed by a new page, which finds the picture here.
    if (sent.status === 401 || sent.status === 403) {
      listener.signedOut();
      return false;
    }
    pause = FIRST_PAUSE_MS;
    await remove(items, item);
    tell(listener, item.slot, sent);
    return true;
  }

  /** Spreads the repetitions of many phones. */
  function rest(sent: Sent): void {
    const { retryAfterS, answer, status } = sent;
    // it waits for something else than the network, for minutes: the driver is told why
    const sentence = codeOf(sent) === NO_ROOM || status === TOO_MANY ? answer.error?.message : undefined;
    for (const { slot } of items) listener.waiting(slot, { sentence });
    timer = setTimeout(work, Math.max(pause, retryAfterS * 1000) * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }

  function drop(item: Item): Promise<unknown> {
    item.isDropped = true;
    if (item.abort) item.abort();
    return remove(items, item);
  }

  whenReachable(() => {
    pause = FIRST_PAUSE_MS;
    work();
  });
  return { items, work, drop };
}

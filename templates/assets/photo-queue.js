// Photographs on their way to the server, one by one. They are written down on the phone first (IndexedDB), so that neither a dead spot nor
// a closed page loses one; what the server has taken is forgotten here. Old WebViews run this: the language of 2017.
import { nameOf, sendPhoto } from "./photo-send.js";
import { shrunk } from "./photo-shrink.js";

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30000;
/** Damaged on its way so many times: it will not become better. */
const MOST_FAULTS = 3;
/** What another case has left here can be of no use to anybody by then. */
const KEPT_MS = 48 * 3600 * 1000;

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("kuaichu-photos", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("photos", { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function withStore(mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction("photos", mode);
      const request = act(transaction.objectStore("photos"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

// A browser without a memory of its own (private mode) still sends: only a closed page loses the picture then.
const nothing = () => undefined;
const forget = (key) => withStore("readwrite", (store) => store.delete(key)).catch(nothing);
const remembered = () => withStore("readonly", (store) => store.getAll()).catch(() => []);
// Bytes, not blobs: on iPhones a blob may be empty after the page was closed.
const remember = ({ key, at, slot, type, bytes, sha256, from }) =>
  withStore("readwrite", (store) => store.put({ key, at, slot, type, bytes, sha256, from })).catch(nothing);

// The same again may help: no net, a server that rests or is full, two who changed the case at once.
const PASSING = ["too-busy", "outbox-full", "pieces-missing"];
// … and this a few times: something between us and the server has changed or cut the bytes.
const DAMAGED = ["upload-damaged", "malformed-body"];
const isPassing = (status, code) => [0, 408, 429].indexOf(status) >= 0 || status >= 500 || PASSING.indexOf(code) >= 0;

/**
 * `show(slot, state, detail)` is told: sending (0..1), waiting (after a reload: the picture), stored (answer), refused (what was found in it),
 * failed (sentence), signed-out.
 */
export function createQueue(form, show) {
  const caseId = form.dataset.case;
  const items = [];
  let busy = false;
  let pause = FIRST_PAUSE_MS;
  let timer;

  async function work() {
    if (busy) return;
    busy = true;
    clearTimeout(timer);
    try {
      while (items.length > 0 && (await goesOn(items[0])));
    } finally {
      busy = false;
    }
  }

  /** True: the next one may follow at once. */
  async function goesOn(item) {
    show(item.slot, "sending", 0);
    await prepare(item);
    const result = await sendPhoto(form, item, (part) => !item.isDropped && show(item.slot, "sending", part));
    if (item.isDropped) return true;
    const error = result.answer.error || {};
    if (DAMAGED.indexOf(error.code) >= 0) item.faults = (item.faults || 0) + 1;
    const again = DAMAGED.indexOf(error.code) >= 0 && item.faults < MOST_FAULTS;
    if (again || isPassing(result.status, error.code)) return rest(result.retryAfterS);
    // A session that ran out is renewed by a new page, which finds the picture here.
    if (result.status === 401 || result.status === 403) {
      show(item.slot, "signed-out");
      return false;
    }
    pause = FIRST_PAUSE_MS;
    await remove(item);
    tell(item, result);
    return true;
  }

  function tell({ slot }, { status, answer }) {
    if (status >= 200 && status < 300) return show(slot, "stored", answer);
    const error = answer.error || {};
    if (error.finding) show(slot, "refused", error);
    else show(slot, "failed", error.message);
  }

  /** Not all phones at the same moment. */
  function rest(retryAfterS) {
    for (const { slot } of items) show(slot, "waiting");
    timer = setTimeout(work, Math.max(pause, retryAfterS * 1000) * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    return false;
  }

  /** Once for each picture: what was begun to be sent is never made anew, it would be another one to the server. */
  async function prepare(item) {
    if (item.isReady) return;
    if (item.sha256 === undefined) {
      Object.assign(item, await shrunk(item.bytes, item.type));
      item.sha256 = await nameOf(item.bytes);
      if (!item.isDropped) await remember(item);
    }
    item.isReady = true;
  }

  function remove(item) {
    const at = items.indexOf(item);
    if (at >= 0) items.splice(at, 1);
    return forget(item.key);
  }

  function drop(item) {
    item.isDropped = true;
    if (item.abort) item.abort();
    return remove(item);
  }

  function hurry() {
    pause = FIRST_PAUSE_MS;
    work();
  }
  addEventListener("online", hurry);
  // A phone in the pocket stops the clock of its pages.
  document.addEventListener("visibilitychange", () => document.hidden || hurry());

  return {
    async add(slot, blob) {
      const at = Date.now();
      const bytes = await new Response(blob).arrayBuffer().catch(() => null);
      // Chosen from an album that has let go of it meanwhile.
      if (!bytes) return show(slot, "failed");
      const item = { key: `${caseId}/${slot}/${at}`, at, slot, type: blob.type, bytes };
      // Of a place there is one picture, the newest; of anything else as many as are taken.
      const older = items.filter((one) => one.slot === slot && slot !== "extra");
      items.push(item);
      await remember(item);
      await Promise.all(older.map(drop));
      await work();
    },
    /** What an earlier visit could not send. */
    async resume() {
      const found = (await remembered()).sort((one, other) => one.at - other.at);
      for (const item of found) {
        if (item.key.indexOf(`${caseId}/`) === 0) {
          items.push(item);
          show(item.slot, "waiting", new Blob([item.bytes], { type: item.type }));
        } else if (item.at < Date.now() - KEPT_MS) await forget(item.key);
      }
      await work();
    },
  };
}

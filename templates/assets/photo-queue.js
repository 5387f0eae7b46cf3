// Photographs on their way to the server. They are written down on the phone first (IndexedDB), so that neither a dead spot nor
// a closed page loses one; what the server has taken is forgotten here.
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30000;

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("kuaichu", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("photos", { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function withStore(mode, act) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction("photos", mode);
    const request = act(transaction.objectStore("photos"));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error);
  });
}

// A browser without a memory of its own (private mode) still sends: only a closed page loses the picture then.
const remember = (item) => withStore("readwrite", (store) => store.put(item)).catch(() => undefined);
const forget = (key) => withStore("readwrite", (store) => store.delete(key)).catch(() => undefined);
const remembered = () => withStore("readonly", (store) => store.getAll()).catch(() => []);

function post(form, item, onProgress) {
  return new Promise((resolve) => {
    const body = new FormData(form);
    for (const name of [...body.keys()]) if (name !== "_csrf") body.delete(name);
    body.append(item.slot, item.blob, `${item.slot}.jpg`);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("accept", "application/json");
    request.timeout = 120000;
    request.upload.onprogress = (event) => onProgress(event.loaded / (event.total || 1));
    request.onload = () => resolve({ status: request.status, answer: parse(request.responseText) });
    request.onerror = () => resolve({ status: 0 });
    request.ontimeout = request.onerror;
    request.send(body);
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

// A new try may help: no net, a server that rests, too fast. A session that ran out (401, 403) is renewed by a new page.
const isPassing = (status) => status === 0 || status === 429 || status >= 500;
const isSessionGone = (status) => status === 401 || status === 403;

/** `show(slot, state, detail)` is told: sending (0..1), waiting, stored (answer), failed (sentence), signed-out. */
export function createQueue(form, show) {
  const caseId = form.dataset.case;
  const items = [];
  let busy = false;
  let pause = FIRST_PAUSE_MS;
  let timer;

  async function work() {
    if (busy || items.length === 0) return;
    busy = true;
    clearTimeout(timer);
    const item = items[0];
    show(item.slot, "sending", 0);
    const { status, answer } = await post(form, item, (part) => show(item.slot, "sending", part));
    busy = false;
    if (isSessionGone(status)) return show(item.slot, "signed-out");
    if (isPassing(status)) {
      for (const one of items) show(one.slot, "waiting");
      timer = setTimeout(work, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      return;
    }
    pause = FIRST_PAUSE_MS;
    if (items[0] === item) items.shift();
    await forget(item.key);
    const accepted = status >= 200 && status < 300;
    show(item.slot, accepted ? "stored" : "failed", accepted ? answer : answer?.error?.message);
    await work();
  }

  addEventListener("online", () => {
    pause = FIRST_PAUSE_MS;
    work();
  });

  return {
    async add(slot, blob) {
      const item = { key: `${caseId}/${slot}`, slot, blob };
      const waiting = items.findIndex((one) => one.key === item.key && one !== items[0]);
      if (waiting >= 0) items.splice(waiting, 1);
      items.push(item);
      await remember(item);
      await work();
    },
    /** What an earlier visit could not send. */
    async resume() {
      for (const item of await remembered()) {
        if (!item.key.startsWith(`${caseId}/`)) continue;
        items.push(item);
        show(item.slot, "waiting", item.blob);
      }
      await work();
    },
  };
}

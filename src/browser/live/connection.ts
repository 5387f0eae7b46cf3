/** What the server tells of a case (src/h5/live-state.ts). */
export interface Live {
  step: string;
  joined: boolean;
  text: string;
  seen: string;
  isNear: boolean;
  waited: string;
  mark: string;
  /** of the case */
  version: number;
}

export interface Listener {
  told(live: Live): void;
  /** this driver is no party of the case any more */
  gone(): void;
  /** the session has ended */
  signedOut(): void;
}

export interface Address {
  /** of the case */
  base: string;
  page: string;
}

/** Where the stream has not said anything by then, the page asks. */
const OPENS_MS = 5000;
/** The server says something every 15 s. */
const SILENT_MS = 40000;
const ASK_MS = 4000;
const LONGEST_ASK_MS = 60000;
/** when a page that asks tries a stream again */
const RETRY_MS = 60000;

const spread = (ms: number): number => ms * (0.75 + Math.random() / 2);

/**
 * Keeps a page told: by a stream, or by asking while there is none. Neither while the page is hidden: that it
 * asks is what tells the other driver that it is looked at.
 */
export function connect(address: Address, listener: Listener): void {
  const asking = createAsking(address, listener);
  let retry: number | undefined;
  const stream = createStream(address, {
    ...listener,
    told(live) {
      asking.stop();
      listener.told(live);
    },
    lost() {
      asking.start();
      retry = setTimeout(open, spread(RETRY_MS));
    },
  });

  function stop(): void {
    clearTimeout(retry);
    stream.close();
    asking.stop();
  }

  function open(): void {
    clearTimeout(retry);
    stream.open();
  }

  function renew(): void {
    stop();
    if (!document.hidden) open();
  }

  document.addEventListener("visibilitychange", renew);
  addEventListener("online", renew);
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => event.persisted && renew());
  renew();
}

interface StreamListener extends Listener {
  /** The stream says nothing, or was refused: it is given up for now. */
  lost(): void;
}

interface Stream {
  open(): void;
  close(): void;
}

function createStream({ base, page }: Address, { told, gone, lost }: StreamListener): Stream {
  let source: EventSource | null = null;
  let limit: number | undefined;

  function close(): void {
    clearTimeout(limit);
    if (source) source.close();
    source = null;
    delete document.documentElement.dataset["live"];
  }

  function giveUp(): void {
    close();
    lost();
  }

  function within(ms: number): void {
    clearTimeout(limit);
    limit = setTimeout(giveUp, ms);
  }

  function open(): void {
    close();
    if (!("EventSource" in window)) {
      lost();
      return;
    }
    const stream = new EventSource(`${base}/stream?page=${page}`);
    source = stream;
    within(OPENS_MS);
    stream.addEventListener("live", (event) => {
      within(SILENT_MS);
      document.documentElement.dataset["live"] = "stream";
      told(JSON.parse((event as MessageEvent<string>).data) as Live);
    });
    stream.addEventListener("beat", () => within(SILENT_MS));
    stream.addEventListener("ask", giveUp);
    stream.addEventListener("gone", () => {
      close();
      gone();
    });
    // The browser opens the next one by itself, unless it was refused.
    stream.addEventListener("error", () => (stream.readyState === EventSource.CLOSED ? giveUp() : within(OPENS_MS)));
  }

  return { open, close };
}

/** Asks every 4 s, less often while the network fails. */
function createAsking({ base, page }: Address, listener: Listener): { start(): void; stop(): void } {
  let timer: number | undefined;
  let pause = ASK_MS;
  let round = 0;

  async function ask(mine: number): Promise<void> {
    try {
      const response = await fetch(`${base}/live?page=${page}`, { headers: { accept: "application/json" } });
      if (mine !== round) return;
      if (response.status === 404) return listener.gone();
      if (response.status === 401) return listener.signedOut();
      if (!response.ok) throw new Error(String(response.status));
      const live = (await response.json()) as Live;
      if (mine !== round) return;
      listener.told(live);
      pause = ASK_MS;
    } catch {
      pause = Math.min(pause * 2, LONGEST_ASK_MS);
    }
    if (mine === round) timer = setTimeout(() => ask(mine), spread(pause));
  }

  function stop(): void {
    round++;
    clearTimeout(timer);
  }

  return {
    start() {
      stop();
      pause = ASK_MS;
      ask(round);
    },
    stop,
  };
}

import type { Log } from "../log.ts";
import type { Timer } from "../timer.ts";

/** Reads the present mark of each id, a text that differs after every change; what is gone has none. */
export type Look = (ids: string[]) => Promise<Map<string, string>>;

export interface Hub {
  /**
   * Calls `changed` whenever the topic (`KIND/ID`) has another mark than the subscriber knows, `mark` at
   * first, until the returned function is called.
   */
  subscribe(topic: string, mark: string, changed: () => void): () => void;
  /** Looks at the topic at once: this process has changed it. */
  ring(topic: string): void;
  close(): void;
}

/** Another process's change is seen within this time and that of one query. */
export const LOOK_MS = 500;

export interface HubOptions {
  /** by kind: the part of a topic before its slash */
  looks: Readonly<Record<string, Look>>;
  timer: Timer;
  log: Pick<Log, "warn">;
}

interface Subscriber {
  mark: string;
  changed(): void;
}

/**
 * Tells open pages of changes, whichever process made them: one look for all of them, and none while no page
 * is open.
 */
export function createHub({ looks, timer, log }: HubOptions): Hub {
  const subscribers = new Map<string, Set<Subscriber>>();
  let stop: (() => void) | null = null;
  const looker = createLooker({ looks, log }, (topic, mark) => {
    for (const subscriber of subscribers.get(topic) ?? []) {
      if (subscriber.mark === mark) continue;
      subscriber.mark = mark;
      subscriber.changed();
    }
  });

  function round(): void {
    stop = timer.after(LOOK_MS, async () => {
      await looker.look(subscribers.keys());
      if (stop) round();
    });
  }

  function rest(): void {
    stop?.();
    stop = null;
  }

  return {
    subscribe(topic, mark, changed) {
      const subscriber: Subscriber = { mark, changed };
      const all = subscribers.get(topic) ?? new Set();
      subscribers.set(topic, all.add(subscriber));
      if (!stop) round();
      return () => {
        all.delete(subscriber);
        if (all.size === 0 && subscribers.get(topic) === all) subscribers.delete(topic);
        if (subscribers.size === 0) rest();
      };
    },
    ring(topic) {
      if (subscribers.has(topic)) void looker.look([topic]);
    },
    close() {
      rest();
      subscribers.clear();
    },
  };
}

/** Looks at topics, one look at a time; what is asked for meanwhile comes with the next one. */
function createLooker(
  { looks, log }: Pick<HubOptions, "looks" | "log">,
  found: (topic: string, mark: string) => void,
): { look(topics: Iterable<string>): Promise<void> } {
  const due = new Set<string>();
  let isLooking = false;
  let hasFailed = false;

  async function lookAt(topics: string[]): Promise<void> {
    for (const [kind, look] of Object.entries(looks)) {
      const ids = topics.filter((topic) => topic.startsWith(`${kind}/`)).map((topic) => topic.slice(kind.length + 1));
      if (ids.length === 0) continue;
      for (const [id, mark] of await look(ids)) found(`${kind}/${id}`, mark);
    }
  }

  return {
    async look(topics) {
      for (const topic of topics) due.add(topic);
      if (isLooking) return;
      isLooking = true;
      try {
        while (due.size > 0) {
          const now = [...due];
          due.clear();
          await lookAt(now);
        }
        hasFailed = false;
      } catch (error) {
        // The next round makes good for it.
        const { code, name } = error as { code?: unknown; name?: string };
        if (!hasFailed) log.warn({ code: String(code ?? name) }, "live.look-failed");
        hasFailed = true;
      } finally {
        isLooking = false;
      }
    },
  };
}

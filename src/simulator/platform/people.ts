import { type Papers, papersOf } from "./papers.ts";
import { Refusal } from "./refusal.ts";

/** One line of a chat, as a phone shows it. */
export interface ChatLine {
  seq: number;
  at: number;
  from: "me" | "account" | "platform";
  via: "passive" | "customer" | "template" | "subscription" | "sent" | "notice";
  kind: "text" | "image" | "news" | "menu" | "mini-program" | "template" | "location" | "link" | "notice";
  text?: string;
  url?: string;
  title?: string;
  mediaId?: string;
  articles?: Array<{ title: string; description: string; url: string; picUrl: string }>;
  items?: Array<{ id: string; content: string }>;
  fields?: Record<string, string>;
}

export interface Person {
  openid: string;
  follows: boolean;
  followedAt: number;
  /** The account's notices are switched off. */
  blocks: boolean;
  typing: boolean;
  lastActAt: number;
  papers: Papers;
  windows: { message: SayWindow; brief: SayWindow };
  /** Number of notices agreed to, by template. */
  consents: Map<string, number>;
  chat: ChatLine[];
}

interface SayWindow {
  left: number;
  until: number;
}

export interface People {
  add(openid: string, papers?: Partial<Papers>): Person;
  find(openid: string): Person | null;
  /** Refuses with 40003 for an unknown openid. */
  get(openid: unknown): Person;
  list(): Person[];
  write(person: Person, line: Omit<ChatLine, "seq" | "at">): void;
  /** Calls with each new line, until the returned function is called. */
  onLine(listener: LineListener): () => void;
  open(person: Person, window: "message" | "brief"): void;
  /** Uses one message of an open window; refuses with 45015 or 45047. */
  spend(person: Person): void;
  mayReach(person: Person): void;
}

export type LineListener = (openid: string, line: ChatLine) => void;

const CHAT_LINES = 500;
const HOUR_MS = 3_600_000;
const GRANTS = { message: { left: 5, lastsMs: 48 * HOUR_MS }, brief: { left: 3, lastsMs: 60_000 } };

/** The virtual people, in memory. */
export function createPeople(now: () => number): People {
  const people = new Map<string, Person>();
  const listeners = new Set<LineListener>();
  let seq = 0;

  function add(openid: string, papers: Partial<Papers> = {}): Person {
    const there = people.get(openid);
    if (there) {
      Object.assign(there.papers, papers);
      return there;
    }
    const person = newPerson(openid, { ...papersOf(people.size), ...papers }, now());
    people.set(openid, person);
    return person;
  }

  const openWindows = (person: Person) =>
    [person.windows.brief, person.windows.message].filter(({ until }) => until > now());

  function mayReach(person: Person): void {
    if (!person.follows || openWindows(person).length === 0) {
      throw new Refusal(45015, "response out of time limit or subscription is canceled");
    }
  }

  return {
    add,
    mayReach,
    find: (openid) => people.get(openid) ?? null,
    get(openid) {
      const person = typeof openid === "string" ? people.get(openid) : undefined;
      if (!person) throw new Refusal(40003, "invalid openid");
      return person;
    },
    list: () => [...people.values()],
    write(person, line) {
      seq += 1;
      person.typing = false;
      const written = { seq, at: now(), ...line };
      person.chat.push(written);
      if (person.chat.length > CHAT_LINES) person.chat.shift();
      for (const listener of listeners) listener(person.openid, written);
    },
    onLine(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open(person, name) {
      const { left, lastsMs } = GRANTS[name];
      person.windows[name] = { left, until: now() + lastsMs };
    },
    spend(person) {
      mayReach(person);
      const window = openWindows(person).find(({ left }) => left > 0);
      if (!window) throw new Refusal(45047, "out of response count limit");
      window.left -= 1;
    },
  };
}

const newPerson = (openid: string, papers: Papers, at: number): Person => ({
  ...{ openid, follows: false, followedAt: 0, blocks: false, typing: false, lastActAt: at },
  papers,
  windows: { message: { left: 0, until: 0 }, brief: { left: 0, until: 0 } },
  consents: new Map(),
  chat: [],
});

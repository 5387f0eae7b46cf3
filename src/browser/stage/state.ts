/** Answer of GET /simulator/state, as far as the page reads it. */
export interface State {
  /** changes when new drivers begin */
  round: string;
  now: string;
  phones: PhoneState[];
  menu: { button?: MenuButton[] } | null;
  /** a code of this round can be scanned */
  hasCode: boolean;
  insurers: { code: string; zh: string; en: string; behaviour: string }[];
  claims: Claim[];
  undelivered: Undelivered[];
  /** insurers to which nothing is sent now, and why */
  circuits: Record<string, string>;
  /** cases that wait for an officer */
  waiting: number;
  pushes: { at: string; kind: string; outcome: string }[];
}

export interface PhoneState {
  index: number;
  follows: boolean;
  chat: Line[];
}

/** A line of a chat; which fields it has follows from its kind. */
export interface Line {
  seq: number;
  at: number;
  from: "me" | "account" | "platform";
  kind: string;
  text?: string;
  title?: string;
  url?: string;
  mediaId?: string;
  articles?: { title: string; url: string; description?: string; picUrl?: string }[];
  items?: { content: string }[];
  fields?: Record<string, string>;
}

export interface MenuButton {
  type?: string;
  name: string;
  url?: string;
  key?: string;
  sub_button?: MenuButton[] | { list: MenuButton[] };
}

/** A claim that arrived at its insurer. */
export interface Claim {
  id: string;
  code: string;
  ref: string;
  /** deliveries that were accepted; one has effect */
  deliveries: number;
  /** all deliveries */
  tries: number;
  /** of a case that began before this round */
  isEarlier: boolean;
  headers: object;
  statuses: { status: string; answer: string | number }[];
  body: {
    schemaVersion: string;
    data: {
      caseNo: string;
      /** from 2.0 on */
      role?: "leading" | "information";
      parties: { label: string; role: string; driver: { name?: string }; vehicle: { plate: string } }[];
      liability: { shares: { party: string; percent: number }[] };
    };
  };
}

/** A claim that its insurer has not accepted. */
export interface Undelivered {
  id: string;
  insurer: string;
  /** of the case */
  number: string;
  state: "pending" | "inflight" | "held" | "dead";
  attempts: number;
  dueAt: string | null;
  isEarlier: boolean;
  log: { n: number; at: string; code: string }[];
}

/** An officer of the simulator, with what signs in now (GET /simulator/officers). */
export interface DemoOfficer {
  number: string;
  name: string;
  role: string;
  password: string;
  code: string;
  /** seconds after which the code is taken; 0: now */
  inS: number;
}

/** Answer of GET /simulator/state, as far as the page reads it. */
export interface State {
  phones: PhoneState[];
  menu: { button?: MenuButton[] } | null;
  /** QR codes that were made */
  codes: number;
  claims: Claim[];
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
  from: "me" | "account";
  kind: string;
  text?: string;
  title?: string;
  url?: string;
  mediaId?: string;
  articles?: { title: string; url: string }[];
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

/** A claim as it arrived at its insurer. */
export interface Claim {
  id: string;
  code: string;
  ref: string;
  deliveries: number;
  headers: object;
  statuses: { status: string; answer: string | number }[];
  body: {
    data: {
      caseNo: string;
      parties: { role: string; driver: { name: string }; vehicle: { plate: string } }[];
    };
  };
}

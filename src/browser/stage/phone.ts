import { one } from "../dom.ts";

/** One of the two phones on the page. */
export interface Phone {
  root: HTMLElement;
  /** "1" or "2" */
  index: string;
  /** shown beside this driver's messages */
  letter: string;
  /** number of the last line drawn */
  drawn: number;
  /** when that line was said */
  drawnAt: number;
  /** lines that arrived while a page covered the chat */
  unread: number;
}

/** Posts to the simulator and draws the new state; returns the answer's JSON. */
export type Post = (path: string, body?: BodyInit, type?: string) => Promise<unknown>;

export const actOf =
  (post: Post) =>
  (phone: Phone, name: string, body: BodyInit = ""): Promise<unknown> =>
    post(`/simulator/phones/${phone.index}/acts/${name}`, body);

export type Act = ReturnType<typeof actOf>;

/** Opens a page of the app in the simulated phone. */
export function openPage(phone: Phone, url: string): void {
  const { pathname, search } = new URL(url, location.href);
  const web = one(".web", phone.root);
  web.hidden = false;
  one<HTMLIFrameElement>("iframe", web).src = `/simulator/phones/${phone.index}/web${pathname}${search}`;
}

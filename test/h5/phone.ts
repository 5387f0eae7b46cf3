import { CookieJar } from "../../src/simulator/cookie-jar.ts";

/** One answer, redirects not followed. */
export interface Answer {
  status: number;
  headers: Headers;
  location: string;
  html: string;
  bytes: Buffer;
}

/** A browser without a screen that shows every single answer. `cookies` may be tampered with. */
export class Phone {
  readonly jar = new CookieJar();
  readonly #app: { url: string };

  constructor(app: { url: string }, openid?: string) {
    this.#app = app;
    if (openid) this.jar.set("phone", openid);
  }

  async send(
    method: string,
    path: string,
    init: { body?: string | URLSearchParams | FormData; headers?: Record<string, string> } = {},
  ) {
    const url = new URL(path, this.#app.url);
    const answer = await fetch(url, {
      method,
      body: init.body,
      redirect: "manual",
      headers: { accept: "text/html", cookie: this.jar.header(), ...init.headers },
    });
    this.jar.take(answer.headers.getSetCookie());
    const bytes = Buffer.from(await answer.arrayBuffer());
    const location = (answer.headers.get("location") ?? "").replace(this.#app.url, "").replace(/#.*$/, "");
    return { status: answer.status, headers: answer.headers, location, bytes, html: bytes.toString("utf8") };
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send("GET", path, { headers });
  }

  /** Follows where it is led, as a browser does. */
  async open(path: string): Promise<Answer & { path: string }> {
    let at = path;
    for (let hop = 0; hop < 12; hop++) {
      const answer = await this.get(at);
      if (answer.status < 300 || answer.status >= 400) return { ...answer, path: at };
      at = answer.location;
    }
    throw new Error(`too many redirects from ${path}`);
  }

  /** Opens the page for its token, then posts to it. */
  async fill(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    const token = hidden((await this.open(path)).html, "_csrf");
    return this.post(path, { _csrf: token, ...fields }, headers);
  }

  post(path: string, fields: Record<string, string> | [string, string][], headers: Record<string, string> = {}) {
    return this.send("POST", path, { body: new URLSearchParams(fields), headers });
  }

  upload(path: string, token: string, files: [string, Buffer][], headers: Record<string, string> = {}) {
    const body = new FormData();
    body.set("_csrf", token);
    for (const [slot, bytes] of files) body.append(slot, new Blob([new Uint8Array(bytes)]), `${slot}.jpg`);
    return this.send("POST", path, { body, headers });
  }
}

const plain = (text: string): string =>
  text
    .replaceAll(/<[^>]+>/g, "")
    .replaceAll("&amp;", "&")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll(/\s+/g, " ")
    .trim();

export const hidden = (html: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? "";

export const heading = (html: string): string => plain(/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(html)?.[1] ?? "");

/** Returns the lines of the summary (role alert), and the field that each leads to. */
export function alerts(html: string): { field: string; text: string }[] {
  const box = /<div class="kc-errors" role="alert"[\s\S]*?<\/div>/.exec(html)?.[0] ?? "";
  return [...box.matchAll(/<a href="#field-([^"]*)">([\s\S]*?)<\/a>/g)].map(([, field, text]) => ({
    field: String(field),
    text: plain(String(text)),
  }));
}

/** The text of an alert or note that belongs to the page as a whole. */
export const alertText = (html: string): string => plain(/role="alert"[^>]*>([\s\S]*?)<\/div>/.exec(html)?.[1] ?? "");

/** The input that a label stands for. */
export function inputOf(html: string, label: string): { name: string; value: string; tag: string } {
  for (const [, id, text] of html.matchAll(/<label[^>]*\bfor="([^"]+)"[^>]*>([\s\S]*?)<\/label>/g)) {
    if (!plain(String(text)).includes(label)) continue;
    const tag = new RegExp(`<input[^>]*\\bid="${id}"[^>]*>`).exec(html)?.[0] ?? "";
    return { tag, name: attribute(tag, "name"), value: attribute(tag, "value") };
  }
  throw new Error(`no field labelled ${label}`);
}

const attribute = (tag: string, name: string): string => plain(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? "");

export const radio = (html: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)" checked`).exec(html)?.[1] ?? "";

export const button = (html: string, text: string): boolean =>
  [...html.matchAll(/<(button|a)\b[^>]*>([\s\S]*?)<\/\1>/g)].some(([, , inner]) => plain(String(inner)) === text);

export const telephones = (html: string): string[] =>
  [...html.matchAll(/href="tel:([^"]+)"/g)].map(([, number]) => String(number));

import type { Driver } from "../h5/settle-driver.ts";

export interface Told {
  event: string;
  data: string;
}

/** What an open page hears on its stream, in its order. */
export class OpenPage {
  readonly status: number;
  readonly headers: Headers;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";

  private constructor(response: Response) {
    this.status = response.status;
    this.headers = response.headers;
    this.#reader = (response.body as ReadableStream<Uint8Array>).getReader();
  }

  static async of({ urlOf, cookie }: Driver, page: string): Promise<OpenPage> {
    return OpenPage.at(urlOf(`stream?page=${page}`), { cookie: `${cookie.name}=${cookie.value}` });
  }

  static async at(url: string, headers: Record<string, string>): Promise<OpenPage> {
    const asked = { headers: { accept: "text/event-stream", ...headers }, redirect: "manual" } as const;
    return new OpenPage(await fetch(url, asked));
  }

  /** The next event; null when the stream has ended. */
  async next(): Promise<Told | null> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const told = read(this.#text.slice(0, end));
        this.#text = this.#text.slice(end + 2);
        if (told) return told;
        continue;
      }
      const { value, done } = await this.#reader.read();
      if (done) return null;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  /** The next event of this name; what comes before it is passed over. */
  async until(event: string): Promise<Told> {
    for (let told = await this.next(); told; told = await this.next()) if (told.event === event) return told;
    throw new Error(`ended without ${event}`);
  }

  /** What the page is told next of the case. */
  async live(): Promise<Record<string, unknown>> {
    return JSON.parse((await this.until("live")).data);
  }

  /** Passes over all that is left, until the stream has ended. */
  async end(): Promise<void> {
    while (await this.next());
  }

  close(): Promise<void> {
    return this.#reader.cancel();
  }
}

function read(block: string): Told | null {
  const fields = new Map(block.split("\n").map((line) => line.split(": ") as [string, string]));
  const event = fields.get("event");
  return event ? { event, data: block.slice(block.indexOf("data: ") + 6) } : null;
}

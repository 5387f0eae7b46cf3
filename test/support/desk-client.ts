import { Secret, TOTP } from "otpauth";
import { inviteOfficer } from "../../src/actions/invite-officer.ts";
import type { Role } from "../../src/domain/officer.ts";
import type { TestApp } from "./app.ts";

export const PASSWORD = "a wet road at dusk";

/** Where a desk is, and the time by which its codes go. */
export interface DeskPlace {
  url: string;
  clock: { now(): Date };
}

/** An officer's browser without a screen: keeps cookies, finds a form's token, follows no redirect. */
export class DeskClient {
  readonly #app: DeskPlace;
  readonly #cookies = new Map<string, string>();
  /** the second factor, known to whoever set the account up */
  secret = "";
  readonly number: string;

  constructor(app: DeskPlace, number: string) {
    this.#app = app;
    this.number = number;
  }

  async get(path: string): Promise<Response> {
    return this.#keep(await fetch(`${this.#app.url}${path}`, { redirect: "manual", headers: this.#headers() }));
  }

  async post(path: string, fields: Record<string, string>): Promise<Response> {
    const body = new URLSearchParams(fields);
    const headers = { ...this.#headers(), "content-type": "application/x-www-form-urlencoded" };
    return this.#keep(await fetch(`${this.#app.url}${path}`, { method: "POST", redirect: "manual", headers, body }));
  }

  /** Posts with the token of the page at `from`. */
  async submit(path: string, fields: Record<string, string>, from = path): Promise<Response> {
    const page = await (await this.get(from)).text();
    const token = /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? "";
    return this.post(path, { ...fields, _csrf: token });
  }

  /** The present code, or one of `steps` later: a code is good once. */
  code(steps = 0): string {
    const timestamp = this.#app.clock.now().getTime() + steps * 30_000;
    return new TOTP({ secret: Secret.fromBase32(this.secret) }).generate({ timestamp });
  }

  /** Sets the account up through its invitation. */
  async setUp(link: string): Promise<Response> {
    const path = new URL(link).pathname;
    this.secret = /<code>([A-Z2-7]+)<\/code>/.exec(await (await this.get(path)).text())?.[1] ?? "";
    return this.post(path, { password: PASSWORD, code: this.code() });
  }

  signIn(fields: Partial<Record<"number" | "password" | "code" | "to", string>> = {}): Promise<Response> {
    return this.post("/police/sign-in", { number: this.number, password: PASSWORD, code: this.code(), ...fields });
  }

  /** of the session, to sign a browser in */
  cookies(): { name: string; value: string; url: string }[] {
    return [...this.#cookies].map(([name, value]) => ({ name, value, url: this.#app.url }));
  }

  #headers(): Record<string, string> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    return { "accept-language": "en", accept: "text/html", ...(cookie && { cookie }) };
  }

  #keep(response: Response): Response {
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
    }
    return response;
  }
}

interface NewAccount {
  number: string;
  name?: string;
  role: Role;
  district?: string | null;
}

/** An account, set up through its link; not signed in. */
export async function newOfficer(
  app: TestApp,
  { number, name = `Officer ${number}`, role, district = null }: NewAccount,
): Promise<DeskClient> {
  const officer = new DeskClient(app, number);
  const given = { number, name, role, district };
  const { url } = await inviteOfficer(app.ctx, { ...given, by: null, address: "test" });
  const done = await officer.setUp(url);
  if (done.status !== 303) throw new Error(`not set up: ${done.status} ${await done.text()}`);
  // the code of this step is used up
  app.clock.advance(30_000);
  return officer;
}

/** … and signed in. */
export async function signedInOfficer(app: TestApp, account: NewAccount): Promise<DeskClient> {
  const officer = await newOfficer(app, account);
  const answer = await officer.signIn();
  if (answer.status !== 303) throw new Error(`not signed in: ${answer.status}`);
  app.clock.advance(30_000);
  return officer;
}

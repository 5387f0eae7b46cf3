import { randomBytes } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";
import { Secret, TOTP } from "otpauth";

/** Proofs of an officer: a password by Argon2id, a second factor by time (RFC 6238: six digits, 30 s). */
export interface Credentials {
  hashPassword(password: string): Promise<string>;
  /** Takes as long where there is no account (`hashed` null) as where there is one. */
  isPassword(hashed: string | null, password: string): Promise<boolean>;
  /** base32 */
  newSecret(): string;
  /** What an authenticator app reads from a QR code. */
  enrolmentUri(secret: string, number: string): string;
  /**
   * The step of time for which this code is right, at most one beside the present; null: wrong. A step may be
   * used once.
   */
  stepOf(secret: string, code: string, at: Date): number | null;
  /** The code of a step, as an authenticator app shows it. */
  codeOf(secret: string, step: number): string;
}

/** OWASP's first choice for Argon2id. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
export const PERIOD_S = 30;

const factor = (secret: string, label = "") =>
  new TOTP({ issuer: "Kuaichu", label, secret: Secret.fromBase32(secret), period: PERIOD_S, digits: 6 });

export function createCredentials(): Credentials {
  // made once it is needed: 20 ms
  let nobodys: Promise<string> | null = null;
  return {
    hashPassword: (password) => hash(password, COST),
    async isPassword(hashed, password) {
      nobodys ??= hash(randomBytes(16), COST);
      const isRight = await verify(hashed ?? (await nobodys), password);
      return hashed !== null && isRight;
    },
    newSecret: () => new Secret({ size: 20 }).base32,
    enrolmentUri: (secret, number) => factor(secret, number).toString(),
    stepOf(secret, code, at) {
      const delta = factor(secret).validate({ token: code, timestamp: at.getTime(), window: 1 });
      return delta === null ? null : Math.floor(at.getTime() / 1000 / PERIOD_S) + delta;
    },
    codeOf: (secret, step) => factor(secret).generate({ timestamp: step * PERIOD_S * 1000 }),
  };
}

import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { NotSignedIn } from "../errors.ts";

/**
 * Signed links by which an insurer fetches photographs and the agreement, each bound to one accident and one
 * file. They are part of the claim's bytes, which never change: `expires` is their earliest end, and a late
 * delivery makes them live longer (domain/evidence-life.ts).
 */
export interface EvidenceLinks {
  url(accidentId: string, sha256: string): string;
  /**
   * Returns the end that the link states. Throws NotSignedIn for a wrong signature; all refusals look alike.
   */
  check(link: { accidentId: string; sha256: string; expires: unknown; signature: unknown }): Date;
}

const LIFE_S = 7 * 24 * 3600;

export function createEvidenceLinks(options: {
  /** the first signs, the signatures of all are good */
  sessionKeys: readonly Uint8Array[];
  publicUrl: string;
  now: () => Date;
}): EvidenceLinks {
  const keys = options.sessionKeys.map((key) => Buffer.from(hkdfSync("sha256", key, "", "kuaichu evidence-links", 32)));
  const signEach = (accidentId: string, sha256: string, expires: string) =>
    keys.map((key) => createHmac("sha256", key).update(`${accidentId}\n${sha256}\n${expires}`).digest());
  return {
    url(accidentId, sha256) {
      const expires = String(Math.floor(options.now().getTime() / 1000) + LIFE_S);
      const signature = signEach(accidentId, sha256, expires)[0]?.toString("base64url");
      return `${options.publicUrl}/api/evidence/${accidentId}/${sha256}?expires=${expires}&signature=${signature}`;
    },
    check({ accidentId, sha256, expires, signature }) {
      if (typeof expires !== "string" || !/^\d{1,12}$/.test(expires)) throw new NotSignedIn();
      if (typeof signature !== "string" || !/^[\w-]{43}$/.test(signature)) throw new NotSignedIn();
      const given = Buffer.from(signature, "base64url");
      const isOf = (right: Buffer) => given.length === 32 && timingSafeEqual(given, right);
      const right = signEach(accidentId, sha256, expires).map(isOf).includes(true);
      if (!right) throw new NotSignedIn();
      return new Date(Number(expires) * 1000);
    },
  };
}

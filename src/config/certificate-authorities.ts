import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { factsOf } from "../errors.ts";
import type { Settings } from "./settings.ts";

/** Reads the certificate authorities of insurers that have one of their own: PEM by the insurer's code. */
export async function certificateAuthorities(
  { insurers = [] }: Partial<Settings>,
  faults: string[],
): Promise<ReadonlyMap<string, string>> {
  const read = new Map<string, string>();
  for (const { code, caFile } of insurers) {
    const pem = caFile && (await readPem(resolve(caFile), `insurers.${code}.caFile`, faults));
    if (pem) read.set(code, pem);
  }
  return read;
}

async function readPem(path: string, name: string, faults: string[]): Promise<string | null> {
  try {
    const pem = await readFile(path, "utf8");
    new X509Certificate(pem);
    return pem;
  } catch (error) {
    const { code } = factsOf(error);
    faults.push(
      `${name}: ${code === "ENOENT" || code === "EACCES" ? `cannot be read (${code})` : "must be a certificate as PEM"}`,
    );
    return null;
  }
}

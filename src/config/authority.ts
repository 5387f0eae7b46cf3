import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { factsOf } from "../errors.ts";
import type { Settings } from "./settings.ts";

/** The authority whose officers decide; its name, code and seal stand on every determination letter. */
export interface Authority {
  name: string;
  /** begins the numbers of its letters */
  code: string;
  /** whom a review is asked of; null: named by its level */
  reviewer: string | null;
  /** PNG; null: the letter has a place for it */
  seal: Buffer | null;
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MOST_BYTES = 1_000_000;

/** A trial has an authority that says what it is. */
const EXAMPLE = { name: "示例市公安局交通警察支队", code: "000000" };

/** Reads the seal, whose path is below the city's folder where there is one. */
export async function authorityOf({ police, rulesDir }: Settings, faults: string[]): Promise<Authority> {
  const { name = EXAMPLE.name, code = EXAMPLE.code, reviewer = null, seal } = police?.authority ?? {};
  const path = seal === undefined ? null : resolve(rulesDir ?? ".", seal);
  return { name, code, reviewer, seal: path === null ? null : await readSeal(path, faults) };
}

async function readSeal(path: string, faults: string[]): Promise<Buffer | null> {
  try {
    const bytes = await readFile(path);
    if (bytes.subarray(0, PNG.length).equals(PNG) && bytes.length <= MOST_BYTES) return bytes;
    faults.push("police.authority.seal: must be a PNG of at most 1 MB");
  } catch (error) {
    faults.push(`police.authority.seal: cannot be read (${factsOf(error).code})`);
  }
  return null;
}

/** What a desk in production must have, since its letters name the authority. */
export const authorityFaults = ({ police }: Settings): string[] =>
  police?.enabled
    ? (["name", "code"] as const)
        .filter((field) => police.authority[field] === undefined)
        .map((field) => `police.authority.${field}: required in production with POLICE_DESK`)
    : [];

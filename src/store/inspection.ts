import type { Connection } from "mongoose";
import { filesNeeded } from "../domain/case-files.ts";
import { type AccidentDocument, documentToAccident } from "./accident-document.ts";
import type { Blobs } from "./blobs.ts";
import { bare } from "./bulk.ts";
import { firstBrokenEvent } from "./event-chain.ts";
import { openedOrNull, type Vault } from "./vault.ts";

/** What is wrong with a case: its record of events, what is sealed of it, or one of its files. */
export interface CaseFault {
  accidentId: string;
  number: string;
  what: "chain" | "unreadable" | "file-damaged" | "file-missing";
  /** of a file: its SHA-256 */
  file?: string;
  /** it was known before */
  isKnown?: boolean;
}

export interface Inspected {
  cases: number;
  files: number;
  faults: CaseFault[];
}

/** Reads all cases and files and changes nothing. */
export interface Inspection {
  /** Verifies the chain of every case, opens everything sealed of it, and reads and hashes its files. */
  run(tell: (cases: number) => void): Promise<Inspected>;
}

const PAGE = 20;

export function createInspection(store: { connection: Connection; vault: Vault; blobs: Blobs }): Inspection {
  const accidents = bare<AccidentDocument>(store.connection, "accidents");
  return {
    async run(tell) {
      const found: Inspected = { cases: 0, files: 0, faults: [] };
      for (let last = ""; ; ) {
        const page = await accidents.find({ _id: { $gt: last } }, { sort: { _id: 1 }, limit: PAGE }).toArray();
        for (const document of page) {
          await inspect(store, document, found);
          tell(++found.cases);
        }
        if (page.length < PAGE) return found;
        last = page.at(-1)?._id ?? "";
      }
    },
  };
}

type Store = { vault: Vault; blobs: Blobs };

async function inspect({ vault, blobs }: Store, document: AccidentDocument, found: Inspected): Promise<void> {
  const { _id: accidentId, number, events, status } = document;
  const fault = (what: CaseFault["what"], more: Partial<CaseFault> = {}) =>
    void found.faults.push({ accidentId, number, what, ...more });
  if (firstBrokenEvent(accidentId, events) !== null) fault("chain");
  if (status === "erased" || status === "erasing") return;
  const accident = openedOrNull(() => documentToAccident(document, vault));
  if (!accident) return fault("unreadable");
  const files = await blobs.list(accidentId);
  const whole = new Set<string>();
  for (const file of files) {
    const state = await blobs.scrub.check(accident, file);
    found.files++;
    if (state === "whole") whole.add(file.sha256);
    else fault(state === "missing" ? "file-missing" : "file-damaged", knownOf(file));
  }
  const there = new Set(files.map(({ sha256 }) => sha256));
  for (const file of filesNeeded(accident)) if (!there.has(file)) fault("file-missing", { file });
}

const knownOf = ({ sha256: file, state }: { sha256: string; state: string }) => ({ file, isKnown: state !== "whole" });

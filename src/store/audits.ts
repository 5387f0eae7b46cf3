import { createHash } from "node:crypto";
import type { Connection } from "mongoose";
import type { CaseFinding, Draw } from "../domain/audit.ts";
import { bare } from "./bulk.ts";
import { isDuplicate } from "./duplicate.ts";
import { bytesOf } from "./sealing.ts";
import { placeIn } from "./shapes.ts";
import type { Vault } from "./vault.ts";

/** Draws of spot audits and what was found in them; notes are sealed, and erased with their case. */
export interface Audits {
  /**
   * A case's place in line: SHA-256 over the seed, a line feed and the case's id. Whoever has these can
   * repeat the draw; cases that were erased since change nothing about the others.
   */
  rankOf(seed: string, accidentId: string): string;
  keep(draw: Draw): Promise<void>;
  find(id: string): Promise<Draw | null>;
  /** The newest first; `district`: only its own. */
  list(district: string | null, limit: number): Promise<Draw[]>;
  findFinding(drawId: string, accidentId: string): Promise<CaseFinding | null>;
  listFindings(drawId: string): Promise<CaseFinding[]>;
  /**
   * Writes a finding in the place of the one with the revision before; false: somebody else has written one
   * meanwhile.
   */
  record(finding: CaseFinding): Promise<boolean>;
}

interface DrawDocument extends Omit<Draw, "id"> {
  _id: string;
}

interface FindingDocument extends Omit<CaseFinding, "note"> {
  _id: string;
  sealed: unknown;
}

const idOf = (drawId: string, accidentId: string): string => `${drawId}/${accidentId}`;

export async function createAudits(connection: Connection, vault: Vault): Promise<Audits> {
  const draws = bare<DrawDocument>(connection, "audits");
  const findings = bare<FindingDocument>(connection, "audit_findings");
  await draws.createIndex({ at: -1, _id: -1 });
  await draws.createIndex({ district: 1, at: -1, _id: -1 });
  await findings.createIndex({ drawId: 1, _id: 1 });
  await findings.createIndex({ accidentId: 1 });
  const place = (id: string) => placeIn("audit_findings", id, "note");
  const drawOf = ({ _id: id, ...draw }: DrawDocument): Draw => ({ id, ...draw });
  const findingOf = ({ _id, sealed, ...finding }: FindingDocument): CaseFinding => ({
    ...finding,
    note: sealed === null ? "" : vault.openOwn(place(_id), bytesOf(sealed)),
  });
  return {
    rankOf: (seed, accidentId) => createHash("sha256").update(`${seed}\n${accidentId}`).digest("hex"),
    async keep({ id: _id, ...draw }) {
      await draws.insertOne({ _id, ...draw });
    },
    async find(id) {
      const found = await draws.findOne({ _id: id });
      return found && drawOf(found);
    },
    async list(district, limit) {
      const filter = district === null ? {} : { district };
      return (await draws.find(filter, { sort: { at: -1, _id: -1 }, limit }).toArray()).map(drawOf);
    },
    async findFinding(drawId, accidentId) {
      const found = await findings.findOne({ _id: idOf(drawId, accidentId) });
      return found && findingOf(found);
    },
    async listFindings(drawId) {
      return (await findings.find({ drawId }, { sort: { _id: 1 } }).toArray()).map(findingOf);
    },
    async record({ note, ...finding }) {
      const _id = idOf(finding.drawId, finding.accidentId);
      const document = { ...finding, sealed: vault.sealOwn(place(_id), note) };
      if (finding.revision > 1) {
        const before = { _id, revision: finding.revision - 1 };
        return (await findings.updateOne(before, { $set: document })).matchedCount === 1;
      }
      try {
        await findings.insertOne({ _id, ...document });
        return true;
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        return false;
      }
    },
  };
}

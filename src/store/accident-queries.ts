import type { Accident } from "../domain/accident.ts";
import { statusOf } from "../domain/journey.ts";
import type { Catalogue } from "../domain/liability.ts";
import type { AccidentDocument } from "./accident-document.ts";
import type { Vault } from "./vault.ts";

/** What an accident is found by, in the clear or as keyed hashes. */
export type QueryFields = Pick<AccidentDocument, "status" | "personIds" | "invitationHashes" | "claimRefs">;

export function queryFields(accident: Accident, vault: Vault, catalogue: Catalogue): QueryFields {
  const { A, B } = accident.parties;
  return {
    status: statusOf(accident, catalogue),
    personIds: [A, B].flatMap((party) => (party ? [party.identity.personId] : [])),
    invitationHashes: invitationCodes(accident).map((code) => invitationHash(vault, code)),
    claimRefs: accident.claims.map((claim) => claim.ref),
  };
}

export const isRunning = ({ ended, concludedAt }: Accident): boolean => ended === null && concludedAt === null;

/** There are a million of the six digits only: those of a case that is over are free for another. */
function invitationCodes(accident: Accident): string[] {
  const { invitation } = accident;
  if (!invitation) return [];
  return isRunning(accident) ? [invitation.code, invitation.digits] : [invitation.code];
}

export const invitationHash = (vault: Vault, code: string) => vault.personId(`invitation ${code}`);

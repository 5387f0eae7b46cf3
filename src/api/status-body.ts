import Joi from "joi";
import { CLAIM_STATUSES, type ClaimStatus } from "../domain/accident.ts";
import { Invalid } from "../errors.ts";

/** `claim.status` as published in config/schemas/claim.status.v1.json; further fields are dropped. */
export interface StatusBody {
  claimRef: string;
  insurerCode: string;
  insurerClaimNo: string;
  sequence?: number;
  occurredAt?: string;
  status: ClaimStatus;
  reason?: { code?: string; text?: string };
  amounts?: Partial<Record<"assessedFen" | "approvedFen" | "paidFen" | "deductibleFen", number>>;
  paidAt?: string;
  surveyor?: { name?: string; phone?: string };
  requests?: { docKind: string; note?: string; dueAt?: string }[];
}

const line = (max: number) =>
  Joi.string()
    .max(max)
    .pattern(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u);
const time = Joi.string()
  .pattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/)
  .custom((value: string, helpers) => (Number.isNaN(Date.parse(value)) ? helpers.error("any.invalid") : value));
const fen = Joi.number().integer().min(0).max(100_000_000_00);
const sha256 = Joi.string().pattern(/^[0-9a-f]{64}$/);
/** "submitted" is set by us, not by an insurer */
const statuses = CLAIM_STATUSES.filter((status) => status !== "submitted");

const schema = Joi.object({
  type: Joi.string().valid("claim.status"),
  schemaVersion: Joi.string().valid("1.0"),
  claimRef: Joi.string().valid(Joi.ref("$claimRef")).required(),
  insurerCode: Joi.string().valid(Joi.ref("$insurerCode")).required(),
  insurerClaimNo: Joi.string()
    .pattern(/^[\w-]{1,64}$/)
    .required(),
  sequence: Joi.number().integer().min(0).max(Number.MAX_SAFE_INTEGER),
  occurredAt: time,
  status: Joi.string()
    .valid(...statuses)
    .required(),
  reason: Joi.object({ code: line(64), text: line(500) }),
  amounts: Joi.object({ assessedFen: fen, approvedFen: fen, paidFen: fen, deductibleFen: fen }),
  payee: Joi.object({ nameMasked: line(64), accountTail: Joi.string().pattern(/^\d{1,4}$/) }),
  paidAt: time,
  fundFlowNo: line(64),
  surveyor: Joi.object({ name: line(64), phone: Joi.string().pattern(/^[+\d -]{3,20}$/) }),
  requests: Joi.array()
    .max(20)
    .items(Joi.object({ docKind: line(64).required(), note: line(500), dueAt: time })),
  documents: Joi.array()
    .max(20)
    .items(
      Joi.object({
        kind: line(64).required(),
        url: Joi.string().uri({ scheme: "https" }).max(2048).required(),
        sha256: sha256.required(),
      }),
    ),
})
  .or("sequence", "occurredAt")
  // fields beyond the schema are no fault of the message
  .options({ stripUnknown: { objects: true } });

/** Reads and checks the raw bytes; throws Invalid with the names of malformed fields. */
export function readStatus(rawBody: Uint8Array, expected: { insurerCode: string; claimRef: string }): StatusBody {
  const { error, value } = schema.validate(parse(rawBody), { abortEarly: false, convert: false, context: expected });
  if (!error) return value as StatusBody;
  const fields = error.details.map(({ path, type }) => (type === "object.missing" ? "sequence" : path.join(".")));
  throw new Invalid("field-invalid", { fields: [...new Set(fields)].slice(0, 10) });
}

/** A key named __proto__ is dropped: Joi does not see it. */
function parse(rawBody: Uint8Array): object {
  let parsed: unknown = null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(rawBody);
    parsed = JSON.parse(text, (key, value) => (key === "__proto__" ? undefined : value));
  } catch {
    throw new Invalid("body-not-json", {}, 400);
  }
  if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed))
    throw new Invalid("body-not-json", {}, 400);
  return parsed;
}

import { readFileSync } from "node:fs";
import { type JsonSchema, validate } from "./json-schema.ts";

const read = (version: string): JsonSchema =>
  JSON.parse(
    readFileSync(new URL(`../../../config/schemas/claim.submitted.${version}.json`, import.meta.url), "utf8"),
  ) as JsonSchema;

/** The published schemas of a claim, by its `schemaVersion`. */
export const CLAIM_SCHEMAS: Readonly<Record<string, JsonSchema>> = { "1.0": read("v1"), "2.0": read("v2") };

/** What is wrong with a claim as an insurer got it, by the schema that it names; empty: valid. */
export function claimFaults(body: string): string[] {
  const claim = JSON.parse(body) as { schemaVersion: string };
  const schema = CLAIM_SCHEMAS[claim.schemaVersion];
  return schema ? validate(schema, claim) : [`unknown version ${claim.schemaVersion}`];
}

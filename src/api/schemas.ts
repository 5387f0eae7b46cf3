import { readFile } from "node:fs/promises";
import type { RouterMiddleware } from "@koa/router";
import { NotFound } from "../errors.ts";

const folder = new URL("../../../config/schemas/", import.meta.url);

/** Schemas of the messages to an insurer and of its answers, by version. */
export const SCHEMAS: readonly string[] = [
  "claim.submitted.v1.json",
  "claim.submitted.v2.json",
  "claim.status.v1.json",
  "endpoint.ping.v1.json",
];

/** Lists the schemas by their addresses. */
export const listSchemas =
  (publicUrl: string): RouterMiddleware =>
  (http) => {
    http.set("cache-control", "public, max-age=300");
    http.body = { schemas: SCHEMAS.map((name) => `${publicUrl}/api/schemas/${name}`) };
  };

export const sendSchema: RouterMiddleware = async (http) => {
  const name = SCHEMAS.find((candidate) => candidate === http.params.name);
  if (!name) throw new NotFound();
  http.type = "application/schema+json";
  http.set("cache-control", "public, max-age=300");
  http.body = await readFile(new URL(name, folder));
};

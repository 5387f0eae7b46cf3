import assert from "node:assert/strict";
import { Invalid, Upstream } from "../../src/errors.ts";

/** For `assert.rejects`: the platform's refusal under that code, and what its rule says to do. */
export const upstream = (code: string, action?: string) => (error: unknown) => {
  assert.ok(error instanceof Upstream, String(error));
  assert.equal(error.code, code);
  if (action) assert.equal(error.details["action"], action);
  return true;
};

/** For `assert.rejects`: a fault of what was given. */
export const invalid = (code: string, status: number) => (error: unknown) =>
  error instanceof Invalid && error.code === code && error.status === status;

import { MAX_DOCUMENT } from "../disk/documents.ts";
import { DateTime, docOf, int } from "../values/value.ts";
import type { Command } from "./context.ts";

/** Messages may hold many documents, each up to 16 MB. */
export const MAX_MESSAGE = 48_000_000;

/** A server of its own, no replica set: drivers then send no retryable writes, which would need transactions' numbers. */
export const helloCommand: Command = (_command, { clock }) =>
  docOf({
    helloOk: true,
    ismaster: true,
    isWritablePrimary: true,
    maxBsonObjectSize: int(MAX_DOCUMENT),
    maxMessageSizeBytes: int(MAX_MESSAGE),
    maxWriteBatchSize: int(100_000),
    localTime: new DateTime(clock()),
    logicalSessionTimeoutMinutes: int(30),
    minWireVersion: int(0),
    maxWireVersion: int(21),
    readOnly: false,
    ok: 1,
  });

export const okCommand: Command = () => docOf({ ok: 1 });

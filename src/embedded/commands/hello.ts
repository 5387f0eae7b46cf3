import { MAX_DOCUMENT } from "../disk/documents.ts";
import { DateTime, docOf, int } from "../values/value.ts";
import type { Command } from "./context.ts";

/** Bytes of a message: it may hold several documents of up to 16 MB. */
export const MAX_MESSAGE = 48_000_000;

/**
 * Greets as a standalone server: drivers send retryable writes, which need transaction numbers, to replica
 * sets only.
 */
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

import type { Worker } from "node:worker_threads";
import { type HandedChunks, handedOver } from "./handed-chunks.ts";

/** What the thread says of chunks that it was handed; no fault: they are on the disk. */
export interface Outcome {
  number: number;
  fault: { code: number; message: string } | null;
}

type Waiting = (error: Error | null) => void;

/**
 * The way into the database for who is in its process and has much: the bytes change hands, and the caller has them no more. Rejects with the code of
 * the database (14031: the disk is full), or when it is closed.
 */
export function handingOver(worker: Worker): (handed: HandedChunks) => Promise<void> {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let isOpen = true;
  worker.on("message", ({ number, fault }: Partial<Outcome>) => {
    if (number === undefined) return;
    waiting.get(number)?.(fault ? Object.assign(new Error(fault.message), { code: fault.code }) : null);
    waiting.delete(number);
  });
  worker.once("exit", () => {
    isOpen = false;
    for (const end of waiting.values()) end(closed());
  });
  return (handed) =>
    new Promise((resolve, reject) => {
      if (!isOpen) return reject(closed());
      const number = ++last;
      waiting.set(number, (error) => (error ? reject(error) : resolve()));
      worker.postMessage({ number, handed }, handedOver(handed));
    });
}

const closed = () => new Error("the embedded database is closed");

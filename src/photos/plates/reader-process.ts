import { Socket } from "node:net";
import sharp from "sharp";
import type { LicenceKind } from "../../domain/licence.ts";
import { allowPhotosOnly } from "../decoder.ts";
import { type Frame, readFrames, writeFrame } from "../lane/frames.ts";
import { refusalOf } from "../lane/refusal.ts";
import { readLicence } from "../licences/read-licence.ts";
import { loadModels, type OcrModels } from "../ocr/models.ts";
import { readPlates } from "./read-plates.ts";
import { type Eyes, eyesOf } from "./sight.ts";

/** What the process for reading can do, by the name of the task. */
const WORK: Record<string, (eyes: Eyes, frame: Frame) => Promise<unknown>> = {
  plates: (eyes, { parts }) => readPlates(eyes, parts[0]!),
  licence: ({ models }, { head, parts }) => readLicence(models, parts[0]!, head["kind"] as LicenceKind),
};

let models: Promise<OcrModels | null> | undefined;
let eyes: Eyes | undefined;

async function answer({ head, parts }: Frame): Promise<Frame> {
  const result = await work({ head, parts }).then((value) => ({ result: value }), refusalOf);
  return { head: { ...result, processBytes: process.memoryUsage.rss() }, parts: [] };
}

async function work(frame: Frame): Promise<unknown> {
  models ??= loadModels();
  const loaded = await models;
  const task = String(frame.head["task"]);
  if (task === "available") return loaded !== null;
  if (!loaded) return null;
  eyes ??= eyesOf(loaded);
  return await WORK[task]!(eyes, frame);
}

allowPhotosOnly();
sharp.cache(false);
sharp.concurrency(1);
const pipe = new Socket({ fd: 3 });
pipe.on("close", () => process.exit());
pipe.on("error", () => process.exit());
readFrames(pipe, (frame) => void answer(frame).then((reply) => writeFrame(pipe, reply)));

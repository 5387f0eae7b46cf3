import type Router from "@koa/router";
import Joi from "joi";
import type Koa from "koa";
import { addPhoto } from "../actions/add-photo.ts";
import type { Context } from "../context.ts";
import { requirePieceRoom } from "../domain/brakes.ts";
import { requireRunning } from "../domain/party.ts";
import { EXTRA_SLOTS, isStored, isStoredIn, PHOTO_SLOTS, type PhotoSlot } from "../domain/photo.ts";
import { Conflict, Invalid, NotAllowed, NotFound } from "../errors.ts";
import { readPosted } from "../http/body.ts";
import { hasToken, requireOwnOrigin } from "../http/csrf.ts";
import { askPaced, whileCounted } from "../http/pace.ts";
import { UPLOAD_LIMITS } from "../http/upload.ts";
import { readBytes } from "../http/upload-bytes.ts";
import { PIECE_BYTES, uploadShareOf } from "../http/upload-share.ts";
import type { Upload } from "../store/uploads.ts";
import { openParty } from "./controller.ts";
import type { CaseRequest } from "./page.ts";
import { photoAnswer, spokenFault } from "./photo-answer.ts";
import { isThere, picturesOf } from "./photos.ts";

const PIECES_OF_ONE = UPLOAD_LIMITS.fileBytes / PIECE_BYTES;
const DESCRIPTION_BYTES = 4096;

/** The phone's data about a picture; the last three only if it has shrunk it. */
interface Description {
  slot: PhotoSlot;
  bytes: number;
  fromWidth?: number;
  fromHeight?: number;
  fromBytes?: number;
}

const count = (max: number) => Joi.number().integer().min(1).max(max);
const description = Joi.object<Description>({
  slot: Joi.valid(...PHOTO_SLOTS, ...EXTRA_SLOTS).required(),
  bytes: count(Number.MAX_SAFE_INTEGER).required(),
  fromWidth: count(100_000),
  fromHeight: count(100_000),
  fromBytes: count(Number.MAX_SAFE_INTEGER),
}).and("fromWidth", "fromHeight", "fromBytes");

/**
 * Pictures beside the plain form, for a bad network: a small one in one request, any other in pieces that may
 * be repeated, in any number of attempts.
 *
 * - `POST uploads?slot&bytes…`: the whole picture
 * - `GET uploads/SHA256`: which pieces are here, and in which slots the picture stands already
 * - `PUT uploads/SHA256/NUMBER`: one piece of 256 KB, the last one shorter
 * - `POST uploads/SHA256` with slot and bytes: it is complete
 */
export function uploadRoutes(ctx: Context, router: Router): void {
  const base = "/accidents/:id/uploads";
  router.post(base, withParty(ctx, takeWhole));
  router.get(`${base}/:sha256`, withParty(ctx, tellState));
  router.put(`${base}/:sha256/:number`, withParty(ctx, takePiece));
  router.post(`${base}/:sha256`, withParty(ctx, finish));
}

/** Origin → party → token; what is sent and done here is never a page. */
function withParty(ctx: Context, act: (request: CaseRequest) => Promise<object>): Koa.Middleware {
  return async (koa) => {
    const changes = koa.method !== "GET" && koa.method !== "HEAD";
    if (changes) requireOwnOrigin(ctx, koa);
    const request = await openParty(ctx, koa);
    if (request.view.step === "admission") throw new Conflict("wrong-step");
    if (changes && !hasToken(ctx, koa, undefined)) throw new NotAllowed("stale-form");
    koa.body = await act(request);
  };
}

function uploadOf({ accident, person, koa }: CaseRequest): Upload {
  const sha256 = String(koa.params["sha256"]);
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new NotFound();
  return { accident, personId: person.id, sha256 };
}

async function tellState(request: CaseRequest): Promise<object> {
  const upload = uploadOf(request);
  // only this driver's own: a picture that the other has sent must be uploaded again
  const slots = request.accident.photos
    .filter(isStored)
    .filter(({ sha256, by }) => sha256 === upload.sha256 && by === request.party.letter)
    .map(({ slot }) => slot);
  return { pieceBytes: PIECE_BYTES, pieces: (await request.ctx.uploads.kept(upload)).numbers, slots };
}

/** Takes one piece, of which a driver, and all of them, may keep a limited number. */
async function takePiece(request: CaseRequest): Promise<object> {
  const { ctx, koa, person } = request;
  const number = pieceNumber(koa);
  const upload = uploadOf(request);
  requireRunning(request.accident);
  return whileCounted(ctx, { pace: "pieces", whose: person.id }, async () => {
    const kept = await ctx.uploads.kept(upload);
    if (!kept.numbers.includes(number)) await requirePieceRoom(kept.all, () => ctx.uploads.countAll());
    const bytes = await readBytes(koa, PIECE_BYTES);
    if (number > 0 && !(await ctx.uploads.has(upload, 0))) throw new Conflict("pieces-missing");
    await ctx.uploads.save(upload, number, bytes);
    return { piece: number };
  });
}

function pieceNumber(koa: Koa.Context): number {
  const text = String(koa.params["number"]);
  const number = /^(0|[1-9]\d?)$/.test(text) ? Number(text) : PIECES_OF_ONE;
  if (number >= PIECES_OF_ONE) throw new NotFound();
  return number;
}

/**
 * Assembles and checks what has come in pieces. Whoever did not hear the answer asks again and gets the same
 * one.
 */
async function finish(request: CaseRequest): Promise<object> {
  const { ctx, koa } = request;
  const upload = uploadOf(request);
  const described = describe((await readPosted(koa, { maxBytes: DESCRIPTION_BYTES })).fields);
  if (isKept(request, upload, described)) return photoAnswer(request, described.slot);
  requireRunning(request.accident);
  const size = { bytes: described.bytes, pieces: Math.ceil(described.bytes / PIECE_BYTES) };
  uploadShareOf(koa).add(size.bytes);
  const bytes = await ctx.uploads.read(upload, size);
  if (!bytes) return finishedElsewhere(request, upload, described);
  if (ctx.blobs.nameOf(bytes) !== upload.sha256) {
    await ctx.uploads.remove(upload);
    throw new Invalid("upload-damaged", { field: described.slot });
  }
  await take(request, described, bytes);
  await ctx.uploads.remove(upload);
  return photoAnswer(request, described.slot);
}

/** Answers the slower of two requests that finish one upload at once. */
async function finishedElsewhere(request: CaseRequest, upload: Upload, described: Description): Promise<object> {
  const accident = await request.ctx.accidents.get(request.accident.id);
  if (!isKept({ ...request, accident }, upload, described)) throw new Conflict("pieces-missing");
  return photoAnswer(request, described.slot);
}

const isKept = ({ accident, party }: CaseRequest, { sha256 }: Upload, { slot }: Description): boolean =>
  isStoredIn(accident, { slot, letter: party.letter, sha256 });

async function takeWhole(request: CaseRequest): Promise<object> {
  const { koa } = request;
  const described = describe(koa.query);
  requireRunning(request.accident);
  await askPaced(request.ctx, picturesOf(request));
  const bytes = await readBytes(koa, UPLOAD_LIMITS.fileBytes);
  if (bytes.length !== described.bytes) throw new Invalid("malformed-body", {}, 400);
  await take(request, described, bytes);
  return photoAnswer(request, described.slot);
}

function describe(fields: object): Description {
  const { error, value } = description.validate(fields, { errors: { label: false } });
  if (error) throw new Invalid("format", { field: String(error.details[0]?.path[0] ?? "fromBytes") });
  if (value.bytes > UPLOAD_LIMITS.fileBytes) throw new Invalid("photo-too-large", { field: value.slot }, 413);
  return value;
}

async function take(request: CaseRequest, described: Description, bytes: Buffer) {
  const { ctx, party } = request;
  const { slot, fromWidth: width, fromHeight: height, fromBytes } = described;
  const shrunkFrom = width && height && fromBytes ? { width, height, bytes: fromBytes } : null;
  try {
    const photo = { ...party, slot, bytes, source: "form", shrunkFrom } as const;
    if (await isThere(ctx, photo)) return;
    await whileCounted(ctx, picturesOf(request), () => addPhoto(ctx, photo));
  } catch (error) {
    throw spokenFault(error);
  }
}

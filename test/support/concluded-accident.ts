import { createHash } from "node:crypto";
import type { Accident, Details, Letter, Party } from "../../src/domain/accident.ts";
import { PHOTO_SLOTS, type StoredPhoto, UNEXAMINED } from "../../src/domain/photo.ts";

export type AccidentDraft = Omit<Accident, "version" | "key" | "events">;

export interface ConcludedOptions {
  id: string;
  number: string;
  at: Date;
  insurers?: Record<Letter, string>;
  forwarding?: Record<Letter, boolean>;
  /** acts of A and B; rear-end by A unless told */
  acts?: Record<Letter, string>;
  extraPhotos?: number;
  note?: string;
}

const sha = (text: string) => createHash("sha256").update(text).digest("hex");

/** An accident that both drivers have signed and whose agreement is on paper, as the store keeps it. */
export function concludedAccident(options: ConcludedOptions): AccidentDraft {
  const { id, number, at, extraPhotos = 0 } = options;
  const slots = [...PHOTO_SLOTS, ...Array<"extra">(extraPhotos).fill("extra")];
  return {
    id,
    number,
    district: null,
    openedAt: new Date(at.getTime() - 600_000),
    scene: {
      occurredAt: new Date(at.getTime() - 900_000),
      positions: { A: { lat: 31.2304, lng: 121.4737, crs: "GCJ-02", accuracyM: 12, label: null }, B: null },
      address: "黄浦区人民大道由东向西200号附近",
      weather: "rain",
      weatherWord: null,
    },
    parties: { A: partyOf("A", options), B: partyOf("B", options) },
    photos: slots.map((slot, index) => photoOf({ slot, index, id, at })),
    photoTries: {},
    invitation: null,
    movedAt: at,
    concludedAt: at,
    documents: {
      pdfSha256: sha(`${id} pdf`),
      pngSha256: [sha(`${id} png`)],
      pictureSha256: sha(`${id} picture`),
      renderedAt: at,
    },
    claims: [],
    ended: null,
    dispute: null,
    recused: [],
  };
}

export const drivers: Record<Letter, Omit<Details, "insurerCode">> = {
  A: {
    name: "张三",
    idKind: "licence",
    idNumber: "310101199001011237",
    phone: "13800000001",
    plate: "沪A·D12345",
    vehicleKind: "52",
    insurerName: null,
    policyNumber: "PDZA202631010000123456",
  },
  B: {
    name: "李四",
    idKind: "id-card",
    idNumber: "320102198502022348",
    phone: "13900000002",
    plate: "苏E·88K66",
    vehicleKind: "02",
    insurerName: null,
    policyNumber: null,
  },
};

function partyOf(letter: Letter, { id, at, insurers, forwarding, acts, note = "" }: ConcludedOptions): Party {
  const other = letter === "A" ? "B" : "A";
  const act = acts ?? { A: "QS-01", B: "none" };
  return {
    identity: { kind: "wechat", personId: `${id}-${letter}` },
    language: letter === "A" ? "zh" : "en",
    joinedAt: at,
    consent: { textVersion: "2026-06-01", givenAt: at },
    clearedAt: at,
    details: { ...drivers[letter], insurerCode: insurers?.[letter] ?? (letter === "A" ? "PICC" : "PAIC") },
    statement: {
      ownAct: act[letter],
      otherAct: act[other],
      impact: letter === "A" ? "front" : "rear",
      note,
      statedAt: at,
    },
    signature: {
      contentDigest: sha("content"),
      imageSha256: sha(`${id} signature ${letter}`),
      forwarding: forwarding?.[letter] ?? true,
      signedAt: at,
    },
  };
}

function photoOf({
  slot,
  index,
  id,
  at,
}: {
  slot: StoredPhoto["slot"];
  index: number;
  id: string;
  at: Date;
}): StoredPhoto {
  return {
    id: `p${index}`,
    slot,
    by: "A",
    source: "form",
    state: "stored",
    mediaId: null,
    ...UNEXAMINED,
    sha256: sha(`${id} photo ${index}`),
    mime: "image/jpeg",
    bytes: 3_456_789,
    width: 4032,
    height: 3024,
    copySha256: sha(`${id} copy ${index}`),
    thumbSha256: sha(`${id} thumb ${index}`),
    receivedAt: at,
  };
}

import { type Config, loadConfig } from "../../src/config.ts";
import {
  type Accident,
  type Details,
  type Letter,
  NO_SCENE,
  type Party,
  type Statement,
} from "../../src/domain/accident.ts";
import { PHOTO_SLOTS, type Photo, type PhotoSlot, type StoredPhoto, UNEXAMINED } from "../../src/domain/photo.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** Plain accidents for the rules' tests: a case between two drivers, as far as a test wants it. */
export const AT = new Date("2026-11-23T04:00:00Z");

const details = (letter: Letter): Details => ({
  name: letter === "A" ? "甲某" : "乙某",
  idKind: "licence",
  idNumber: "310101199003077413",
  phone: "13800000000",
  plate: letter === "A" ? "沪A12345" : "沪BD12345",
  vehicleKind: letter === "A" ? "02" : "52",
  insurerCode: "PICC",
  insurerName: null,
  policyNumber: null,
});

export const statement = (ownAct: string, otherAct: string): Statement => ({
  ownAct,
  otherAct,
  impact: "front",
  note: "",
  statedAt: AT,
});

export function newParty(letter: Letter, over: Partial<Party> = {}): Party {
  return {
    identity: { kind: "wechat", personId: `person-${letter}` },
    language: "zh",
    joinedAt: AT,
    consent: { textVersion: "1", givenAt: AT },
    clearedAt: AT,
    details: null,
    statement: null,
    signature: null,
    ...over,
  };
}

export function photo(slot: PhotoSlot, state?: "stored"): StoredPhoto;
export function photo(slot: PhotoSlot, state: Photo["state"]): Photo;
export function photo(slot: PhotoSlot, state: Photo["state"] = "stored"): Photo {
  const known = { id: `${slot}-${state}`, slot, by: "A", source: "form", receivedAt: AT } as const;
  if (state === "refused") return { ...known, state, mediaId: "m", refusal: "not-an-image", findings: [] };
  if (state !== "stored") return { ...known, state, mediaId: "m" };
  const names = { sha256: `sha-${slot}`, copySha256: `copy-${slot}`, thumbSha256: `thumb-${slot}` };
  return { ...known, ...UNEXAMINED, ...names, state, mediaId: null, mime: "image/jpeg", bytes: 1, width: 1, height: 1 };
}

export const allPhotos = (): Photo[] => PHOTO_SLOTS.map((slot) => photo(slot));

/** Just opened by A. */
export function opened(over: Partial<Accident> = {}): Accident {
  return {
    id: "a1",
    number: "KC20261123-000001",
    version: 1,
    key: new Uint8Array(32),
    openedAt: AT,
    district: null,
    scene: NO_SCENE,
    parties: { A: newParty("A"), B: null },
    photos: [],
    photoTries: {},
    invitation: null,
    movedAt: null,
    concludedAt: null,
    documents: null,
    claims: [],
    ended: null,
    dispute: null,
    recused: [],
    events: [],
    ...over,
  };
}

export const signature = { contentDigest: "d", imageSha256: "s", forwarding: true, signedAt: AT };

/** Both have entered everything and say the same: A ran into B. */
export function readyToSign(over: Partial<Accident> = {}): Accident {
  return opened({
    scene: { ...NO_SCENE, occurredAt: AT, address: "延安东路", weather: "sunny" },
    photos: allPhotos(),
    movedAt: AT,
    parties: {
      A: newParty("A", { details: details("A"), statement: statement("QS-01", "none") }),
      B: newParty("B", { details: details("B"), statement: statement("none", "QS-01") }),
    },
    ...over,
  });
}

/** The same accident with something changed at one party. */
export function withParty(accident: Accident, letter: Letter, over: Partial<Party>): Accident {
  const party = accident.parties[letter] ?? newParty(letter);
  return { ...accident, parties: { ...accident.parties, [letter]: { ...party, ...over } } };
}

/** The catalogue and the conditions as they are in config/. */
export async function cityRules(): Promise<Config["rules"]> {
  return (await loadConfig({ DATA_DIR: temporaryFolder("rules") })).rules;
}

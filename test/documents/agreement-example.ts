import { readFile } from "node:fs/promises";
import type { AgreementInput } from "../../src/documents/agreement-input.ts";
import { encodePng } from "../../src/documents/png.ts";
import { PHOTO_SLOTS } from "../../src/domain/photo.ts";
import { createPhotos } from "../../src/photos/photos.ts";
import { EXAMPLE_DRIVERS } from "./example-drivers.ts";

const samplesDir = new URL("../../../templates/simulator/samples/", import.meta.url);

/** A rear-end collision in the rain, concluded; B has no policy number at hand. */
export async function agreementExample(): Promise<AgreementInput> {
  const photos = createPhotos({ niceness: 0 });
  const thumbs = await Promise.all(
    PHOTO_SLOTS.map(async (slot) => {
      const { thumb } = await photos.examine(await readFile(new URL(`phone-1-${slot}.jpg`, samplesDir)));
      return { slot, by: "A" as const, thumb, sha256: "c0ffee".repeat(11).slice(0, 64) };
    }),
  );
  return {
    content: {
      number: "KC20261123-000042",
      occurredAt: new Date("2026-11-23T12:04:00Z"),
      address: "延安东路近西藏中路",
      position: { lat: 31.2304, lng: 121.4737, crs: "GCJ-02", accuracyM: 15, label: null },
      weather: "rain",
      forms: ["rear_end"],
      parties: {
        A: { ...EXAMPLE_DRIVERS.A, impact: "front", act: "QS-01", degree: "full", note: "雨天路滑" },
        B: { ...EXAMPLE_DRIVERS.B, impact: "rear-left", act: "none", degree: "none", note: "" },
      },
    },
    catalogue: {
      acts: [
        {
          id: "QS-01",
          zh: "追撞前车",
          en: "hit the car ahead",
          category: "rear_end",
          legalBasis: ["《道路交通安全法》第四十三条"],
          settledHere: true,
          photos: [],
        },
        {
          id: "none",
          zh: "没有过错",
          en: "nothing wrong",
          category: "none",
          legalBasis: [],
          settledHere: true,
          photos: [],
        },
      ],
      contradictory: [],
      notEqual: [],
    },
    insurerNames: { A: { zh: "人保财险", en: "PICC" }, B: { zh: "平安产险", en: "Ping An" } },
    signatures: {
      A: { png: await signature(0.4), signedAt: new Date("2026-11-23T12:20:11Z"), electronic: true, forwarding: true },
      B: { png: await signature(0.7), signedAt: new Date("2026-11-23T12:21:45Z"), electronic: true, forwarding: false },
    },
    cleared: { zh: "有人受伤；有车辆无法自行移动", en: "Someone is hurt; A car cannot be driven" },
    concludedAt: new Date("2026-11-23T12:21:45Z"),
    digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    photos: thumbs,
  };
}

/** A rising line on white. */
function signature(slope: number): Promise<Buffer> {
  const [width, height] = [300, 120];
  const rgb = Buffer.alloc(width * height * 3, 255);
  for (let x = 20; x < 280; x++) {
    const y = Math.round(110 - (x / 300) * slope * 140);
    for (let dy = 0; dy < 5; dy++) rgb.fill(20, ((y + dy) * width + x) * 3, ((y + dy) * width + x + 3) * 3);
  }
  return encodePng({ width, height, rgb });
}

/** A picture of ours for the camera roll of a simulated phone; `name` is the file's. */
export interface Sample {
  name: string;
  /** its subject: the mandatory pictures by their slots */
  slot: (typeof SLOTS)[number];
  phone: 1 | 2;
  file: URL;
}

const samplesDir = new URL("../../../../templates/simulator/samples/", import.meta.url);
const PHONES = [1, 2] as const;
const SLOTS = ["scene", "own-damage", "other-damage", "own-plate", "other-plate"] as const;

/**
 * Lists five pictures per phone in the order in which they are asked for: the same accident seen by either
 * driver.
 */
export function listSamples(): Sample[] {
  return PHONES.flatMap((phone) =>
    SLOTS.map((slot) => {
      const name = `phone-${phone}-${slot}.jpg`;
      return { name, slot, phone, file: new URL(name, samplesDir) };
    }),
  );
}

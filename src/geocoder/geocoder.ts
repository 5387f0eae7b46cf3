import type { Position } from "../domain/position.ts";

/** Turns a position into the line of an address, by a service of the operator's choice. */
export interface Geocoder {
  /**
   * Returns an address near the position, or null: none is configured, the service does not answer in time or
   * knows none. Never throws, for an address is a proposal that a driver can type as well.
   */
  addressOf(position: Pick<Position, "lat" | "lng" | "crs">): Promise<string | null>;
  close(): void;
}

/** Where no service is configured: nothing leaves this machine. */
export const NO_GEOCODER: Geocoder = { addressOf: async () => null, close: () => {} };

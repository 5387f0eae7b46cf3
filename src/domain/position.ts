/** A position on the map, in degrees. */
export interface Position {
  lat: number;
  lng: number;
  crs: "GCJ-02" | "WGS-84";
  accuracyM: number | null;
  /** the address line of WeChat's map, offered as the address */
  label: string | null;
}

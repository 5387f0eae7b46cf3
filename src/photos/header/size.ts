/** In pixels, as stored: before any orientation. */
export interface Size {
  width: number;
  height: number;
}

/** In pixels, as stored: before EXIF orientation. */
export interface Size {
  width: number;
  height: number;
}

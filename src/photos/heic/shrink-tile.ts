/** A part of a picture: three bytes a pixel, its place in pixels of the whole. */
export interface TilePixels {
  data: Uint8Array;
  bytesInRow: number;
  width: number;
  height: number;
  left: number;
  top: number;
}

/** A picture made smaller by a whole factor. */
export interface Canvas {
  data: Uint8Array;
  width: number;
  height: number;
  factor: number;
}

/**
 * Draws a tile into the canvas, each pixel the mean of factor × factor. A pixel that lies in two tiles is
 * drawn from the later one's part; what lies outside of the canvas is left out.
 */
export function draw(tile: TilePixels, { data, width, height, factor }: Canvas): void {
  const [right, bottom] = [tile.left + tile.width, tile.top + tile.height];
  for (let y = Math.floor(tile.top / factor); y < Math.min(height, Math.ceil(bottom / factor)); y++) {
    const rows = [Math.max(tile.top, y * factor), Math.min(bottom, (y + 1) * factor)] as const;
    for (let x = Math.floor(tile.left / factor); x < Math.min(width, Math.ceil(right / factor)); x++) {
      const columns = [Math.max(tile.left, x * factor), Math.min(right, (x + 1) * factor)] as const;
      setMean(tile, { rows, columns }, data.subarray((y * width + x) * 3));
    }
  }
}

type Range = readonly [from: number, to: number];

function setMean(tile: TilePixels, { rows, columns }: { rows: Range; columns: Range }, to: Uint8Array): void {
  let [red, green, blue] = [0, 0, 0];
  for (let y = rows[0]; y < rows[1]; y++) {
    let from = (y - tile.top) * tile.bytesInRow + (columns[0] - tile.left) * 3;
    for (let x = columns[0]; x < columns[1]; x++, from += 3) {
      red += tile.data[from]!;
      green += tile.data[from + 1]!;
      blue += tile.data[from + 2]!;
    }
  }
  const count = (rows[1] - rows[0]) * (columns[1] - columns[0]);
  to[0] = red / count + 0.5;
  to[1] = green / count + 0.5;
  to[2] = blue / count + 0.5;
}

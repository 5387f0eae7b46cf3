import { COLOURS, PAGE, type Paper, type Style } from "./paper.ts";

/** A part of the form whose height is known before it is drawn; the form is composed of these. */
export interface Block {
  height: number;
  draw(y: number): void;
}

export const gap = (height: number): Block => ({ height, draw() {} });

export function text(paper: Paper, words: string, style: Style & { x: number; width: number }): Block {
  const { x, width } = style;
  return {
    height: words === "" ? 0 : paper.heightOf(words, style, width),
    draw: (y) => {
      if (words !== "") paper.write(words, style, { x, y, width });
    },
  };
}

/** Places blocks one below the other. */
export function stack(...blocks: Block[]): Block {
  return {
    height: blocks.reduce((sum, block) => sum + block.height, 0),
    draw(y) {
      let at = y;
      for (const block of blocks) {
        block.draw(at);
        at += block.height;
      }
    },
  };
}

/** Places blocks side by side, each at its own x, as high as the highest. */
export function beside(...blocks: Block[]): Block {
  return {
    height: Math.max(...blocks.map((block) => block.height)),
    draw: (y) => {
      for (const block of blocks) block.draw(y);
    },
  };
}

export function padded(block: Block, above: number, below = above): Block {
  return { height: block.height + above + below, draw: (y) => block.draw(y + above) };
}

export function atLeast(height: number, block: Block): Block {
  return { height: Math.max(height, block.height), draw: block.draw };
}

/** Centres a low block vertically within the given height. */
export function centred(height: number, block: Block): Block {
  const above = Math.max(0, (height - block.height) / 2);
  return { height: Math.max(height, block.height), draw: (y) => block.draw(y + above) };
}

/** Makes a row of a table: a hairline closes it below, another separates its two columns. */
export function row(paper: Paper, block: Block, options: { split: boolean }): Block {
  const { height } = block;
  const { doc } = paper;
  return {
    height,
    draw(y) {
      block.draw(y);
      doc.lineWidth(0.4).strokeColor(COLOURS.line);
      const middle = (PAGE.left + PAGE.right) / 2;
      if (options.split)
        doc
          .moveTo(middle, y)
          .lineTo(middle, y + height)
          .stroke();
      doc
        .moveTo(PAGE.left, y + height)
        .lineTo(PAGE.right, y + height)
        .stroke();
    },
  };
}

/** Draws a tinted background behind the block, from margin to margin. */
export function tinted(paper: Paper, block: Block): Block {
  return {
    height: block.height,
    draw(y) {
      paper.doc.rect(PAGE.left, y, PAGE.right - PAGE.left, block.height).fill(COLOURS.tint);
      block.draw(y);
    },
  };
}

/**
 * Puts the blocks on pages without splitting any; `onNewPage` returns where the text of a further page
 * begins.
 */
export function flow(paper: Paper, blocks: Block[], start: number, onNewPage: () => number): void {
  let y = start;
  for (const block of blocks) {
    if (y + block.height > PAGE.bottom) {
      paper.doc.addPage();
      y = onNewPage();
    }
    block.draw(y);
    y += block.height;
  }
}

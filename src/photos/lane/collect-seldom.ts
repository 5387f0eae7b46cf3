import { setFlagsFromString } from "node:v8";

/**
 * A photograph of 4 MB passes through half a dozen buffers on its way to the disk. With V8's usual growth (the heap is ours, some 30 MB, the buffers are
 * counted with it) that is a full collection for every other picture: 30 to 100 ms each in which no push is answered, and a third of all the
 * processor's time. Allowed to grow five-fold first, there is one in ten pictures.
 */
export function collectSeldom(): void {
  setFlagsFromString("--heap-growing-percent=400");
}

/** Giving memory back at once. */
import { release } from "#let-go";

/** What is smaller is not worth it. */
const worthIt = 32 * 1024;

/**
 * Gives the memory of bytes back that nobody uses any more; they are empty from then on, and so is whatever shares their
 * buffer. The collector would find them too, but it looks through everything that the process has whenever 64 MiB of such
 * buffers have come together: where content goes by in pieces, that took more time than sealing and moving it.
 */
export function letGo(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= worthIt) release(buffer);
}

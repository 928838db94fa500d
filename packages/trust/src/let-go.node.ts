/** How a buffer's memory is given back in Node. */
export const release = (buffer: ArrayBuffer): void => void buffer.transfer(0);

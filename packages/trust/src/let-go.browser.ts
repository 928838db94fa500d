/** How a buffer's memory is given back in a browser. */
const { port1: nowhere, port2: gone } = new MessageChannel();
gone.close();

/**
 * Sends it to where nobody is. Emptied by `transfer(0)`, its memory would be held for long by what WebCrypto or a port
 * knows of it, and the collector, which thinks that it is free, would be in no hurry.
 */
export const release = (buffer: ArrayBuffer): void => nowhere.postMessage(undefined, [buffer]);

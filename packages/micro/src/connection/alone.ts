/** Which messages lie in memory of their own, so that it can be given back with them. */
const alone = new WeakSet<ArrayBufferLike>();

/** Says that nothing but one message will ever lie in the memory of these bytes. */
export const markAlone = (bytes: Uint8Array): void => void alone.add(bytes.buffer);

/** Whether nothing else lies in the memory of a message. */
export const isAlone = (message: Uint8Array): boolean => alone.has(message.buffer);

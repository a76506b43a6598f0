// Recordings are packed with zstd, which browsers unpack only while they download. Loaded when a recording is opened.
import { Decompress } from "fzstd";

/** More than any run may record; a file that unpacks to more was made to harm. */
const LIMIT = 512 << 20; // `LARGEST` in trace/src/record.rs

/**
 * Unpacks a file; throws where it is no zstd, or too much.
 * @param {Uint8Array} packed
 */
export function unpack(packed) {
  const parts = [];
  let size = 0;
  const stream = new Decompress((part) => {
    size += part.length;
    if (size > LIMIT) throw new RangeError("the recording is too large");
    parts.push(part);
  });
  for (let at = 0; at < packed.length; at += 1 << 16) {
    stream.push(packed.subarray(at, at + (1 << 16)), at + (1 << 16) >= packed.length);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

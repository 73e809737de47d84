interface Utf8Decoder {
  decode(bytes: Uint8Array): string;
}

// Every host of the engine has this global (it is no DOM type), but the ES2023 library does not declare it.
declare const TextDecoder: new (label: string, options: { readonly ignoreBOM: boolean }) => Utf8Decoder;

interface Utf8Encoder {
  encode(text: string): Uint8Array;
}

declare const TextEncoder: new () => Utf8Encoder;

const encoder = new TextEncoder();

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

// A BOM is removed once, at the start of a file; inside a value U+FEFF is a character like any other.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Below this length `fromCharCode` beats the call into the decoder, by up to 5 times in Chromium. */
const SHORT = 128;

/** The text of `bytes[start, end)`. Ill-formed sequences become U+FFFD, as everywhere on the web. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT) return decoder.decode(bytes.subarray(start, end));
  for (let i = start; i < end; i++) {
    if ((bytes[i] as number) > 127) return decoder.decode(bytes.subarray(start, end));
  }
  return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
}

/** Where the text starts: behind a byte order mark, if there is one. */
export function skipByteOrderMark(bytes: Uint8Array, end: number): number {
  return end >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

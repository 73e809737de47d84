import type { FileMetaData } from 'hyparquet';
import { parquetMetadata } from 'hyparquet/src/metadata.js';
import { FormatError } from '../format-error.ts';
import { decodeUtf8 } from '../utf8.ts';

const MAGIC = 'PAR1';
const ENCRYPTED_MAGIC = 'PARE';
/** Length of the footer and the magic behind it. */
const TRAILER_BYTES = 8;
/** Magic at both ends and a trailer: nothing shorter is a Parquet file. */
const MIN_BYTES = 12;

/** Bytes at the end of a file that hold the footer of nearly every file whole. */
export const TAIL_BYTES = 256 << 10;

/**
 * What stands at the end of a file of `sizeBytes`, of which `tail` are the last bytes: its footer, or how many bytes of the end it takes to read it.
 * @throws FormatError when it is no Parquet file.
 */
export function readFooter(tail: Uint8Array, sizeBytes: number): FileMetaData | { readonly tailBytes: number } {
  const end = tail.length;
  if (sizeBytes < MIN_BYTES || magicAt(tail, end - 4) !== MAGIC) {
    if (sizeBytes >= MIN_BYTES && magicAt(tail, end - 4) === ENCRYPTED_MAGIC)
      throw refused('The file is an encrypted Parquet file. Decrypt it and choose the file again.');
    throw refused(
      'The file is not Parquet: it does not end with "PAR1". It may be cut off; choose it again, or set the format to what it is.',
    );
  }
  const length = new DataView(tail.buffer, tail.byteOffset, end).getUint32(end - TRAILER_BYTES, true) + TRAILER_BYTES;
  if (length + MAGIC.length > sizeBytes) throw refused(damaged(`its footer is said to be ${length} bytes long, more than the file has`));
  if (length > end) return { tailBytes: length };
  try {
    return parquetMetadata(tail, { geoparquet: false });
  } catch (error) {
    throw refused(damaged((error as Error).message));
  }
}

function magicAt(bytes: Uint8Array, at: number): string {
  return decodeUtf8(bytes, at, at + 4);
}

function damaged(cause: string): string {
  return `The footer of the Parquet file cannot be read: ${cause}. The file is damaged or cut off; write or copy it again.`;
}

function refused(message: string): FormatError {
  return new FormatError(message, 1, '');
}

import { describe, expect, it } from 'vitest';
import { ChunkInput } from './chunk-input.ts';

const bytes = (text: string): Uint8Array => new Uint8Array([...text].map((c) => c.charCodeAt(0)));

describe('a chunk input', () => {
  it('asks ahead, hands chunks out in order however they arrive, and ends', () => {
    const asked: number[] = [];
    const input = new ChunkInput(5, 2, (offset) => asked.push(offset));
    expect(input.next()).toBe(null);
    expect(asked).toEqual([0, 2, 4]);
    input.arrived(2, bytes('cd'), false);
    expect(input.next()).toBe(null);
    input.arrived(0, bytes('ab'), false);
    input.arrived(4, bytes('e'), true);
    expect([input.next(), input.next()]).toEqual([bytes('ab'), bytes('cd')]);
    expect(input.isEnded).toBe(false);
    expect(input.next()).toEqual(bytes('e'));
    expect(input.isEnded).toBe(true);
    expect(input.next()).toBe(null);
  });

  it('asks for no more than four chunks ahead of the reader', () => {
    const asked: number[] = [];
    const input = new ChunkInput(100, 2, (offset) => asked.push(offset));
    input.next();
    expect(asked).toEqual([0, 2, 4, 6]);
    input.arrived(0, bytes('ab'), false);
    input.next();
    expect(asked).toEqual([0, 2, 4, 6, 8]);
  });

  it('continues at another place after a seek, whatever was still under way', () => {
    const asked: number[] = [];
    const input = new ChunkInput(10, 2, (offset) => asked.push(offset));
    input.next();
    input.seek(7);
    input.arrived(2, bytes('cd'), false);
    expect(input.next()).toBe(null);
    expect(asked.slice(4)).toEqual([7, 9]);
    input.arrived(7, bytes('hi'), false);
    expect(input.next()).toEqual(bytes('hi'));
  });

  it('is at its end at once when the file is empty', () => {
    const input = new ChunkInput(0, 2, () => undefined);
    expect(input.isEnded).toBe(true);
    expect(input.next()).toBe(null);
  });
});

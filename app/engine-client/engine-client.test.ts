import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EngineEvent } from '../../engine/api/index.ts';
import { emptyDocument } from '../../engine/api/index.ts';
import { EngineClient } from './engine-client.ts';
import type { EngineConnection } from './engine-session.ts';
import { FakeEngine } from './fake-engine.ts';

class FakeConnection implements EngineConnection {
  readonly api = new FakeEngine();
  terminated = false;
  die: (reason: string) => void = () => undefined;

  onDeath(listener: (reason: string) => void): void {
    this.die = listener;
  }

  terminate(): void {
    this.terminated = true;
  }
}

let connections: FakeConnection[];
let events: EngineEvent[];
let client: EngineClient;

beforeEach(() => {
  vi.useFakeTimers();
  connections = [];
  events = [];
  client = new EngineClient(() => {
    const connection = new FakeConnection();
    connections.push(connection);
    return connection;
  });
});

afterEach(() => {
  vi.useRealTimers();
});

const LOST = {
  code: 'coordinator-lost',
  domain: 'internal',
  retry: 'now',
  message:
    'The engine stopped unexpectedly (out of memory). Your pipeline and the results so far are untouched; it starts again with the next run.',
};

test('starts the coordinator at the first call and listens before anything can happen', async () => {
  expect(connections.length).toBe(0);
  await client.subscribe((batch) => events.push(...batch));
  await client.start(emptyDocument('d'), { speed: 'max', startPaused: false });
  expect(connections.map((connection) => connection.api.calls)).toEqual([['start max']]);
  expect(events).toEqual([{ type: 'status', jobId: 'job-1', status: 'RUNNING', paused: false, error: null, summary: null }]);
});

test('a coordinator that dies fails its job, rejects what is under way, and is replaced at the next call', async () => {
  await client.subscribe((batch) => events.push(...batch));
  await client.start(emptyDocument('d'), { speed: 1, startPaused: false });
  const first = connections[0] as FakeConnection;
  first.api.pause = () => new Promise(() => undefined);
  const pausing = client.pause();
  await Promise.resolve();
  first.die('out of memory');

  await expect(pausing).rejects.toEqual(LOST);
  expect(first.terminated).toBe(true);
  expect(events.at(-1)).toEqual({ type: 'status', jobId: 'job-1', status: 'FAILED', paused: false, error: LOST, summary: null });

  await client.start(emptyDocument('d'), { speed: 1, startPaused: false });
  expect(connections.length).toBe(2);
  expect(events.at(-1)).toMatchObject({ status: 'RUNNING' });
});

test('a coordinator that stops answering while a job runs counts as dead', async () => {
  await client.subscribe((batch) => events.push(...batch));
  await client.start(emptyDocument('d'), { speed: 1, startPaused: false });
  const first = connections[0] as FakeConnection;
  first.api.protocolVersion = () => new Promise(() => undefined);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(first.terminated).toBe(true);
  expect(events.at(-1)).toMatchObject({ status: 'FAILED', error: { code: 'coordinator-lost' } });
});

test('an idle coordinator is not watched', async () => {
  await client.subscribe((batch) => events.push(...batch));
  await client.start(emptyDocument('d'), { speed: 1, startPaused: false });
  await client.stop();
  const first = connections[0] as FakeConnection;
  first.api.protocolVersion = () => new Promise(() => undefined);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(first.terminated).toBe(false);
});

test('refusals come through as they are', async () => {
  await client.subscribe(() => undefined);
  const refusal = { code: 'not-runnable', domain: 'user', retry: 'after-change', message: 'Connect the sink.' } as const;
  (connections[0] as FakeConnection).api.refusal = refusal;
  await expect(client.pause()).rejects.toEqual(refusal);
});

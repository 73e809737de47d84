import { describe, expect, it } from 'vitest';
import { Heartbeat } from './heartbeat.ts';

/** Timers that run when the test says so. */
class ManualTimers {
  #work: (() => void)[] = [];

  now(): number {
    return 0;
  }

  later(_delayMs: number, work: () => void): () => void {
    this.#work.push(work);
    return () => {
      this.#work = this.#work.filter((other) => other !== work);
    };
  }

  fire(): void {
    const work = this.#work;
    this.#work = [];
    for (const run of work) run();
  }
}

describe('the heartbeat', () => {
  it('goes on while the worker answers', () => {
    const timers = new ManualTimers();
    const events: string[] = [];
    const heartbeat = new Heartbeat(timers, { ping: (nonce) => heartbeat.answered(nonce), missed: () => events.push('missed') });
    heartbeat.start();
    for (let i = 0; i < 20; i++) timers.fire();
    expect(events).toEqual([]);
  });

  it('reports a worker that stays silent for six pings, once', () => {
    const timers = new ManualTimers();
    const events: string[] = [];
    const heartbeat = new Heartbeat(timers, { ping: (nonce) => events.push(`ping ${nonce}`), missed: () => events.push('missed') });
    heartbeat.start();
    for (let i = 0; i < 10; i++) timers.fire();
    expect(events).toEqual(['ping 1', 'ping 2', 'ping 3', 'ping 4', 'ping 5', 'ping 6', 'missed']);
  });

  it('says nothing after it was stopped', () => {
    const timers = new ManualTimers();
    const events: string[] = [];
    const heartbeat = new Heartbeat(timers, { ping: () => undefined, missed: () => events.push('missed') });
    heartbeat.start();
    heartbeat.stop();
    for (let i = 0; i < 10; i++) timers.fire();
    expect(events).toEqual([]);
  });
});

const hasImmediate = typeof setImmediate === 'function';
const { port1, port2 } = new MessageChannel();
// An open port that is listened to would keep Node from ending.
if (hasImmediate) port1.close();

/** Once the messages that wait have been taken: as the task workers of both platforms do it. */
export function soon(): Promise<void> {
  return new Promise((resolve) => {
    if (hasImmediate) {
      setImmediate(resolve);
      return;
    }
    port1.onmessage = () => resolve();
    port2.postMessage(null);
  });
}

// "Lapses in two hours" is reckoned by the server's clock: a phone's may be wrong.

/** HTTP dates have whole seconds; a smaller difference says nothing. */
const RESOLUTION_MS = 2_000;

let offset = 0;

/** Learns from the `Date` header of an answer how far this device's clock is off. */
export function noteServerTime(date: string | null, deviceNow = Date.now()): void {
  const server = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(server)) return;
  const difference = server - deviceNow;
  offset = Math.abs(difference) < RESOLUTION_MS ? 0 : difference;
}

/** Now, by the server's clock, in milliseconds since 1970. */
export function serverNow(deviceNow = Date.now()): number {
  return deviceNow + offset;
}

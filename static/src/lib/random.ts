// Keys that nobody guesses.

/** So many random bytes as hex. `crypto.randomUUID` is not there on plain http. */
export function randomHex(bytes: number): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((one) => one.toString(16).padStart(2, "0")).join("");
}

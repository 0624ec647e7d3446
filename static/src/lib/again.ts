// Asking the server one at a time: whoever asks while an answer is under way has it asked once
// more, for that answer may be of before their news. `isLast` is false where that has happened.
export function again(work: (isLast: () => boolean) => Promise<void>): () => Promise<void> {
  let asked = 0;
  return async () => {
    if (asked++) return;
    try {
      for (let seen = 0; seen !== asked; ) {
        seen = asked;
        await work(() => seen === asked);
      }
    } finally {
      asked = 0;
    }
  };
}

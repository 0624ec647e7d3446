// Short sounds, made by the browser itself. Of several tabs one plays; none does before the person
// has done something on the page, for browsers forbid it.
import { isOn } from "./svod-chat-switch";

export const SOUNDS = "svod-chat-sounds";
const LAST = "svod-chat-sounded";
const APART_MS = 400;
const LENGTH = 0.12;
/** Hertz, one after the other. */
const TUNES = { message: [660], conversation: [523, 784] };

let context: AudioContext | undefined;

export function sound(tune: keyof typeof TUNES): void {
  if (!isOn(SOUNDS) || !navigator.userActivation?.hasBeenActive || wasJustPlayed()) return;
  context ??= new AudioContext();
  TUNES[tune].forEach((hertz, place) => note(context as AudioContext, hertz, place * LENGTH));
}

function note(audio: AudioContext, hertz: number, after: number): void {
  const start = audio.currentTime + after;
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = hertz;
  volume.gain.setValueAtTime(0.0001, start);
  volume.gain.exponentialRampToValueAtTime(0.15, start + 0.01);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + LENGTH);
  tone.connect(volume).connect(audio.destination);
  tone.start(start);
  tone.stop(start + LENGTH);
}

function wasJustPlayed(): boolean {
  const before = Number(localStorage.getItem(LAST) ?? 0);
  localStorage.setItem(LAST, String(Date.now()));
  return Date.now() - before < APART_MS;
}

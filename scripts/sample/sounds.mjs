// music/first-light.mp3 and the sound of video/tides.mp4, as two channels of 32-bit floating-point samples.
import { clamp, randoms, smooth, TAU } from "./maths.mjs";

export const hertz = 44100;
const pitch = (note) => 440 * 2 ** ((note - 69) / 12); // MIDI's numbers: 60 is middle C
const silence = (seconds) => [0, 1].map(() => new Float32Array(Math.round(seconds * hertz)));

/** Adds `voice(seconds since the start)` to both channels, for `length` seconds from `at`, `pan` from -1 (left) to 1. */
function add(channels, at, length, pan, voice) {
  const [first, count] = [Math.round(at * hertz), Math.round(length * hertz)];
  const gains = [Math.cos(((pan + 1) * TAU) / 8), Math.sin(((pan + 1) * TAU) / 8)];
  for (let n = 0; n < count && first + n < channels[0].length; n++) {
    const value = voice(n / hertz);
    channels.forEach((channel, side) => (channel[first + n] += value * gains[side]));
  }
}

/** A struck bar of wood: harmonics that die away the sooner the higher they are. */
function pluck(channels, at, note, loud, pan) {
  const f = pitch(note);
  const parts = [
    [1, 1, 1.5],
    [2, 0.32, 2.6],
    [3, 0.12, 4.2],
    [4.02, 0.07, 7],
    [6.3, 0.03, 14],
  ];
  add(channels, at, 2.8, pan, (t) => {
    const envelope = smooth(0, 0.007, t) * smooth(2.8, 2.2, t);
    return (
      loud *
      envelope *
      parts.reduce((sum, [k, part, fall]) => sum + part * Math.exp(-fall * t) * Math.sin(TAU * f * k * t), 0)
    );
  });
}

/** A chord that swells and fades: three soft harmonics to a note, each note twice and a hair apart. */
function pad(channels, at, length, notes, loud) {
  notes.forEach((note, n) => {
    for (const side of [-1, 1]) {
      const f = pitch(note) * (1 + side * 0.0012);
      add(channels, at, length, side * (0.3 + 0.12 * n), (t) => {
        const envelope = smooth(0, length * 0.35, t) * smooth(length, length * 0.55, t);
        const tone = Math.sin(TAU * f * t) + 0.28 * Math.sin(TAU * 2 * f * t) + 0.08 * Math.sin(TAU * 3 * f * t);
        return loud * envelope * tone;
      });
    }
  });
}

/** A small room: four echoes of different lengths to a side, each fed back and dulled. */
function room(channels, amount) {
  channels.forEach((channel, side) => {
    const dry = Float32Array.from(channel);
    for (const milliseconds of [29.7, 37.1, 41.1, 53.3]) {
      const delay = Math.round(((milliseconds + side * 0.9) * hertz) / 1000);
      const line = new Float32Array(delay);
      let dull = 0;
      for (let n = 0; n < dry.length; n++) {
        const echo = line[n % delay];
        dull += 0.35 * (echo - dull);
        line[n % delay] = dry[n] + 0.8 * dull;
        channel[n] += amount * echo;
      }
    }
  });
}

/** Fades the ends, brings the loudest sample to `peak`, and interleaves. */
function master(channels, peak, fadeIn, fadeOut) {
  const length = channels[0].length;
  channels.forEach((channel) => {
    for (let n = 0; n < length; n++) {
      channel[n] *= smooth(0, fadeIn * hertz, n) * smooth(length, length - fadeOut * hertz, n);
    }
  });
  const loudest = channels.reduce((top, channel) => channel.reduce((a, b) => Math.max(a, Math.abs(b)), top), 0);
  const samples = Buffer.alloc(length * 8);
  for (let n = 0; n < length; n++) {
    channels.forEach((channel, side) => samples.writeFloatLE((channel[n] * peak) / loudest, n * 8 + side * 4));
  }
  return samples;
}

/** Eight seconds in D major: four bars that climb, a chord each, and a last high note that rings out. */
export function firstLight() {
  const channels = silence(8.4);
  const beat = 0.345;
  const chords = [
    [50, 57, 62, 66],
    [47, 54, 62, 66],
    [43, 55, 59, 62],
    [45, 57, 61, 64],
    [50, 57, 62, 66],
  ];
  chords.forEach((notes, bar) => {
    pad(channels, bar * 4 * beat, bar < 4 ? 2.2 : 2.8, notes, 0.05);
    pluck(channels, bar * 4 * beat, notes[0], 0.24, 0);
    // Between the beats, the chord's other notes, an octave up and quietly.
    if (bar < 4)
      [1, 2, 3, 2].forEach((n, k) => pluck(channels, (bar * 4 + k + 0.5) * beat, notes[n] + 12, 0.055, 0.6 - 0.4 * k));
  });
  // [when, in beats; note; loudness]
  const melody = [
    [0, 74, 0.7],
    [1, 76, 0.55],
    [2, 78, 0.65],
    [3, 81, 0.65],
    [4, 83, 0.8],
    [5.5, 81, 0.5],
    [6, 78, 0.65],
    [7, 74, 0.5],
    [8, 79, 0.7],
    [9, 81, 0.55],
    [10, 83, 0.65],
    [11, 86, 0.65],
    [12, 85, 0.8],
    [13.5, 83, 0.5],
    [14, 81, 0.65],
    [15, 76, 0.5],
    [16, 74, 0.5],
    [16.25, 78, 0.5],
    [16.5, 81, 0.55],
    [16.8, 86, 0.75],
  ];
  melody.forEach(([when, note, loud], n) => pluck(channels, when * beat, note, loud * 0.3, 0.4 * Math.sin(n * 1.9)));
  room(channels, 0.11);
  return master(channels, 0.75, 0.002, 1.3);
}

/** Surf that comes and goes twice, over one long chord. */
export function surf(seconds) {
  const channels = silence(seconds);
  channels.forEach((channel, side) => {
    const random = randoms(131 + side);
    let [low, lower] = [0, 0];
    for (let n = 0; n < channel.length; n++) {
      const swell = (0.5 - 0.5 * Math.cos((TAU * 2 * n) / channel.length - side * 0.5)) ** 1.6;
      low += clamp(0.03 + 0.16 * swell) * (random() * 2 - 1 - low);
      lower += 0.012 * (low - lower);
      channel[n] = (low - lower) * (0.05 + 0.3 * swell);
    }
  });
  pad(channels, 0, seconds, [50, 57, 64, 66], 0.035);
  room(channels, 0.08);
  return master(channels, 0.6, 0.35, 0.6);
}

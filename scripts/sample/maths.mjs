// The few functions that the picture, the film and the sounds share.
export const TAU = 2 * Math.PI;
export const clamp = (x, low = 0, high = 1) => Math.min(high, Math.max(low, x));
export const mix = (a, b, t) => a + (b - a) * t;
export const smooth = (low, high, x) => {
  const t = clamp((x - low) / (high - low));
  return t * t * (3 - 2 * t);
};

/** Seeded random numbers in [0, 1): the same ones on every machine (mulberry32). */
export function randoms(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Smooth noise over a line, about -1 to 1, of several octaves. */
export function noise(seed, octaves = 4) {
  const random = randoms(seed);
  const lattice = Float64Array.from({ length: 1024 }, () => random() * 2 - 1);
  const at = (x) => {
    const i = Math.floor(x);
    return mix(lattice[i & 1023], lattice[(i + 1) & 1023], smooth(0, 1, x - i));
  };
  return (x) => {
    let sum = 0;
    for (let k = 0; k < octaves; k++) sum += at(x * 2 ** k + 97 * k) / 2 ** (k + 1);
    return sum;
  };
}

/** A colour [red, green, blue] between the stops [position, colour], at `t`. */
export function ramp(stops, t) {
  let k = 1;
  while (k < stops.length - 1 && t > stops[k][0]) k++;
  const [[from, a], [to, b]] = [stops[k - 1], stops[k]];
  const part = clamp((t - from) / (to - from));
  return [mix(a[0], b[0], part), mix(a[1], b[1], part), mix(a[2], b[2], part)];
}

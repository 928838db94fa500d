// video/tides.mp4: layers of water under a low sun. Everything moves in whole turns, so that the film loops without a seam.
import { clamp, mix, ramp, randoms, TAU } from "./maths.mjs";

export const size = { width: 640, height: 360 };
export const rate = 30;
export const seconds = 6;
const { width, height } = size;
const sun = { x: 410, y: 149, radius: 38, colour: [255, 236, 190] };

const sky = [
  [0, [40, 44, 104]],
  [0.45, [150, 84, 140]],
  [0.78, [244, 140, 122]],
  [1, [255, 200, 146]],
];
const water = [
  [0, [232, 146, 138]],
  [0.3, [156, 104, 154]],
  [0.65, [58, 84, 142]],
  [1, [12, 34, 78]],
];
const layers = Array.from({ length: 8 }, (_, n) => {
  const near = n / 7;
  return {
    near,
    level: height * (0.5 + 0.4 * near ** 1.2),
    tall: 2.5 + 17 * near,
    long: 110 + 380 * near,
    start: n * 0.37,
  };
});

/** The height of a layer's surface at `x`, at `t` of the way through the film. */
function surface({ near, level, tall, long, start }, x, t) {
  const wave = (length, turns, shift) => Math.sin(TAU * (x / length - turns * t + shift));
  const swell = wave(long, 1, start) + 0.45 * wave(long * 0.53, 1, start * 3) + 0.3 * wave(long * 1.7, -1, start * 5);
  const tide = (2 + 12 * near) * Math.sin(TAU * (t + 0.12 * near));
  return level + tide - tall * swell;
}

export function* frames() {
  const random = randoms(17);
  const dither = Float32Array.from({ length: width * height }, () => random() - 0.5);
  const heaven = Array.from({ length: height }, (_, y) => ramp(sky, y / (height * 0.53)));
  const tints = layers.map(({ near }) => ramp(water, near));
  for (let frame = 0; frame < rate * seconds; frame++) {
    const t = frame / (rate * seconds);
    const breath = 1 + 0.05 * Math.sin(TAU * t);
    const pixels = Buffer.alloc(width * height * 3);
    for (let x = 0; x < width; x++) {
      const crests = layers.map((layer) => surface(layer, x, t));
      for (let y = 0; y < height; y++) {
        const away = Math.hypot(x - sun.x, y - sun.y);
        const disc = clamp((sun.radius - away) / 1.5 + 0.5);
        const halo = breath * (0.55 * Math.exp(-Math.max(0, away - sun.radius) / 34) + 0.3 * Math.exp(-away / 150));
        const lit = Math.max(disc, clamp(halo));
        let [r, g, b] = heaven[y];
        [r, g, b] = [mix(r, sun.colour[0], lit), mix(g, sun.colour[1], lit), mix(b, sun.colour[2], lit)];
        for (let n = 0; n < layers.length; n++) {
          const below = y - crests[n];
          if (below < -1) continue;
          const { near, start } = layers[n];
          const cover = clamp(below + 0.5) * mix(0.8, 0.94, near);
          const rim = 0.3 * Math.exp(-below / (3 + 14 * near)) + 0.22 * Math.exp(-((below / 1.3) ** 2));
          const path = Math.exp(-(((x - sun.x) / (34 + 110 * near)) ** 2));
          const glitter = 0.5 + 0.5 * Math.sin(TAU * (below / (5 + 16 * near) - 2 * t + start + 0.012 * (x - sun.x)));
          const shine = clamp(
            rim * (0.55 + 0.75 * path) + path * glitter * mix(0.5, 0.2, near) * Math.exp(-below / 50),
          );
          const [tr, tg, tb] = tints[n];
          r = mix(r, mix(tr, 255, shine), cover);
          g = mix(g, mix(tg, 214, shine), cover);
          b = mix(b, mix(tb, 190, shine), cover);
        }
        const p = y * width + x;
        const grain = 0.5 + dither[p];
        pixels[p * 3] = clamp(r + grain, 0, 255);
        pixels[p * 3 + 1] = clamp(g + grain, 0, 255);
        pixels[p * 3 + 2] = clamp(b + grain, 0, 255);
      }
    }
    yield pixels;
  }
}

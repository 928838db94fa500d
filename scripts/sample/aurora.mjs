// pictures/aurora.png: northern lights over a lake. A curtain of light is a curve on the ground that shines upwards:
// each of its points adds one thin column of light, so that folds in the curve come out bright, as in the real thing.
import { clamp, mix, noise, ramp, randoms, smooth, TAU } from "./maths.mjs";

export const size = { width: 960, height: 540 };
const { width, height } = size;
const shore = 398;
const spread = 7; // how far one point's light reaches to either side

const heavens = [
  [0, [4, 7, 26]],
  [0.55, [8, 24, 52]],
  [1, [24, 62, 84]],
];
const glow = [
  [0, [0.5, 1, 0.55]],
  [0.3, [0.16, 0.95, 0.62]],
  [0.6, [0.22, 0.5, 0.85]],
  [1, [0.62, 0.2, 0.75]],
];
const curtains = [
  { seed: 11, base: 214, slope: 70, sway: 65, tall: 165, light: 0.5 },
  { seed: 29, base: 292, slope: -64, sway: 95, tall: 225, light: 0.8 },
  { seed: 47, base: 342, slope: 24, sway: 56, tall: 130, light: 0.42 },
];

function addStars(sky) {
  const random = randoms(5);
  for (let n = 0; n < 420; n++) {
    const [x, y] = [random() * width, random() ** 1.3 * shore];
    const [power, warmth] = [0.15 + random() ** 7 * 1.5, random()];
    const radius = 0.55 + power * 0.35;
    for (let v = Math.max(0, Math.floor(y - 4)); v < Math.min(shore, y + 4); v++) {
      for (let u = Math.max(0, Math.floor(x - 4)); u < Math.min(width, x + 4); u++) {
        const light = power * Math.exp(-((u - x) ** 2 + (v - y) ** 2) / (2 * radius ** 2));
        [0.8 + 0.2 * warmth, 0.9, 1 - 0.2 * warmth].forEach((c, k) => (sky[(v * width + u) * 3 + k] += c * light));
      }
    }
  }
}

function addCurtain(sky, { seed, base, slope, sway, tall, light }) {
  const [drift, rise, rays, reach] = [noise(seed, 3), noise(seed + 1, 3), noise(seed + 2, 4), noise(seed + 3, 3)];
  const points = 9000;
  for (let n = 0; n < points; n++) {
    const s = n / points;
    const x = mix(-160, width + 160, s) + sway * drift(s * 9);
    const y = base + slope * (s - 0.5) + 46 * rise(s * 7) + 9 * Math.sin(TAU * 9 * s + seed);
    const top = tall * (0.75 + 0.7 * reach(s * 26));
    const strength = light * 0.26 * clamp(0.55 + 1.1 * rays(s * 90)) * smooth(-0.45, 0.3, reach(s * 5 + 40));
    const near = Math.ceil(x - spread);
    for (let v = Math.max(0, Math.floor(y - top * 1.9)); v < Math.min(shore, y + 12); v++) {
      const up = (y - v) / top;
      const shine = strength * smooth(-0.07, 0.05, up) * Math.exp(-2.6 * Math.max(0, up)) * (1 - smooth(1, 1.9, up));
      const colour = ramp(glow, up);
      for (let u = Math.max(0, near); u < Math.min(width, x + spread); u++) {
        const share = (1 - Math.abs(u - x) / spread) / spread;
        for (let k = 0; k < 3; k++) sky[(v * width + u) * 3 + k] += colour[k] * shine * share;
      }
    }
  }
}

/** How much of a pixel the firs on the near shore cover. */
function forest() {
  const random = randoms(23);
  const ground = noise(61, 4);
  const trees = Array.from({ length: 110 }, () => {
    const x = random() * width;
    const side = Math.abs(x / width - 0.46) * 2;
    return { x, tall: (16 + 62 * random()) * (0.35 + 1.3 * side ** 1.6), boughs: 6 + Math.floor(random() * 4) };
  });
  const floor = (x) => height - 14 - 44 * Math.abs(x / width - 0.46) ** 1.5 * 2 - 7 * ground(x / 60);
  return (x, y) => {
    let cover = clamp(y - floor(x));
    for (const { x: trunk, tall, boughs } of trees) {
      const down = (y - (floor(trunk) - tall)) / tall;
      if (down < 0 || down > 1.1) continue;
      const bough = (down * boughs) % 1;
      cover = Math.max(cover, clamp(down * tall * 0.21 * (0.5 + 0.5 * bough) - Math.abs(x - trunk) + 0.6));
    }
    return cover;
  };
}

export function picture() {
  const light = new Float32Array(width * shore * 3);
  for (let p = 0; p < width * shore; p++) {
    ramp(heavens, Math.floor(p / width) / shore).forEach((c, k) => (light[p * 3 + k] = c / 255));
  }
  addStars(light);
  for (const curtain of curtains) addCurtain(light, curtain);

  // Two ridges in front of the sky, the nearer one darker, with a trace of mist at their feet.
  for (const [seed, base, tall, stretch, dark] of [
    [71, 58, 62, 150, [13, 35, 52]],
    [83, 24, 52, 105, [6, 19, 33]],
  ]) {
    const ridge = noise(seed, 6);
    for (let x = 0; x < width; x++) {
      const crest = shore - Math.max(3, base + tall * ridge(x / stretch));
      for (let y = Math.floor(crest); y < shore; y++) {
        const mist = 1 + 0.7 * smooth(40, 0, shore - y);
        for (let k = 0; k < 3; k++) {
          const p = (y * width + x) * 3 + k;
          light[p] = mix(light[p], (dark[k] / 255) * mist, clamp(y - crest));
        }
      }
    }
  }

  const pixels = Buffer.alloc(width * height * 3);
  const [dither, ripple, trees] = [randoms(3), noise(91, 4), forest()];
  for (let y = 0; y < height; y++) {
    const depth = (y - shore) / (height - shore);
    for (let x = 0; x < width; x++) {
      const grain = dither() - 0.5;
      const shade = y > shore ? 1 - trees(x, y) : 1;
      for (let k = 0; k < 3; k++) {
        let value;
        if (y < shore) value = light[(y * width + x) * 3 + k];
        else {
          // The lake mirrors the sky, stretched and broken into ripples that widen towards the eye.
          const wave = ripple((y * 0.9) / (0.3 + depth) + ripple(x / 70) * 1.5) * (2 + 16 * depth);
          const v = clamp(Math.floor(shore - 2 - (y - shore) * 2.1 + wave), 0, shore - 1);
          const u = clamp(Math.round(x + wave * 0.5), 0, width - 1);
          value = light[(v * width + u) * 3 + k] * mix(0.75, 0.5, depth) + [0.004, 0.012, 0.02][k];
        }
        pixels[(y * width + x) * 3 + k] = clamp(
          255 * (1 - Math.exp(-1.25 * value)) * 1.06 * shade + 0.5 + grain,
          0,
          255,
        );
      }
    }
  }
  return pixels;
}

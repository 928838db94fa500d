// Makes the pictures, music and film in sample/: `node scripts/make-sample.mjs`, with ffmpeg (libx264, libmp3lame)
// on the PATH. The texts there, harbour.svg among them, are sources themselves.
//
//   pictures/aurora.png     scripts/sample/aurora.mjs   960 × 540
//   music/first-light.mp3   scripts/sample/sounds.mjs   8.4 s, stereo
//   video/tides.mp4         scripts/sample/tides.mjs    6 s, 640 × 360, H.264 and AAC, loops
//
// Every pixel and sample is worked out here, from fixed seeds; ffmpeg only encodes what it is piped. One thread, bit-exact
// code and no metadata make it give the same bytes on each run; another version of ffmpeg may give others.
import { spawn } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import * as aurora from "./sample/aurora.mjs";
import { firstLight, hertz, surf } from "./sample/sounds.mjs";
import * as tides from "./sample/tides.mjs";

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), "sample");
const rawSound = `-f f32le -ar ${hertz} -ac 2`;
const rawFrames = ({ width, height }, rate) => `-f rawvideo -pix_fmt rgb24 -s ${width}x${height} -r ${rate}`;
const exact = "-map_metadata -1 -fflags +bitexact -flags +bitexact -threads 1";

/** Encodes inputs, each [what describes it to ffmpeg, its chunks], into a file of sample/. */
async function make(name, inputs, encoding) {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  const sources = inputs.map(([format], n) => `${format} -i pipe:${n + 3}`).join(" ");
  const options = `-nostdin -v error -y ${sources} ${encoding} ${exact}`.split(" ");
  const ffmpeg = spawn("ffmpeg", [...options, file], {
    stdio: ["ignore", "inherit", "inherit", ...inputs.map(() => "pipe")],
  });
  const end = new Promise((done, fail) => {
    ffmpeg.on("error", fail);
    ffmpeg.on("close", (code) => (code === 0 ? done() : fail(new Error(`ffmpeg could not make ${name} (${code})`))));
  });
  await Promise.all([end, ...inputs.map(([, chunks], n) => pipeline(Readable.from(chunks), ffmpeg.stdio[n + 3]))]);
  console.log(`${name}  ${statSync(file).size} bytes`);
}

await make(
  "pictures/aurora.png",
  [[rawFrames(aurora.size, 1), [aurora.picture()]]],
  "-frames:v 1 -pred mixed -compression_level 9",
);

await make("music/first-light.mp3", [[rawSound, [firstLight()]]], "-c:a libmp3lame -b:a 112k -id3v2_version 0");

await make(
  "video/tides.mp4",
  [
    [rawFrames(tides.size, tides.rate), tides.frames()],
    [rawSound, [surf(tides.seconds)]],
  ],
  [
    "-vf scale=out_color_matrix=bt709:flags=bicubic+bitexact+accurate_rnd+full_chroma_int,format=yuv420p",
    "-c:v libx264 -profile:v high -preset veryslow -crf 20 -g 60",
    "-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv",
    "-bsf:v filter_units=remove_types=6", // x264's note of its own version and settings
    "-c:a aac -b:a 96k -movflags +faststart",
  ].join(" "),
);

/**
 * Looks at what `kubectl apply --kustomize` would send to a cluster, without one: `node deploy/src/check-kubernetes.ts
 * KUSTOMIZE`. Every object is held against the schema of its kind, and against what this system promises of all.
 */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { platformServices } from "@natster/contracts/platform";
import { loadAll } from "js-yaml";
import * as z from "zod";
import { sayLast } from "../../scripts/count.ts";
import { prepare } from "./prepare.ts";
import { output } from "./run.ts";
import { prepareSettings } from "./settings.ts";

const Labels = z.record(z.string(), z.string()).default({});
const Probe = z.looseObject({});
const Container = z.looseObject({
  image: z.string(),
  readinessProbe: Probe.optional(),
  livenessProbe: Probe.optional(),
  resources: z.looseObject({ limits: z.looseObject({ memory: z.string() }) }),
  securityContext: z.looseObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.strictObject({ drop: z.tuple([z.literal("ALL")]) }),
  }),
});
const Pod = z.looseObject({
  metadata: z.looseObject({ labels: Labels }),
  spec: z.looseObject({
    automountServiceAccountToken: z.literal(false),
    securityContext: z.looseObject({ runAsNonRoot: z.literal(true) }),
    containers: z.array(Container).min(1),
    volumes: z.array(z.looseObject({ secret: z.looseObject({ secretName: z.string() }).optional() })).default([]),
  }),
});
const Workload = z.looseObject({
  spec: z.looseObject({ template: Pod, replicas: z.int().optional(), ttlSecondsAfterFinished: z.int().optional() }),
});
const Scaling = z.looseObject({
  spec: z.looseObject({ scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }) }),
});
const Selecting = z.looseObject({ spec: z.looseObject({ selector: z.looseObject({ matchLabels: Labels }) }) });

const Named = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
type Named = z.infer<typeof Named>;

const lasting = ["Deployment", "StatefulSet"];
const workloads = new Set([...lasting, "Job"]);

const [kustomize] = process.argv.slice(2);
if (!kustomize) throw new Error("usage: node deploy/src/check-kubernetes.ts KUSTOMIZE");
const objects = await rendered(kustomize);

let passed = 0;
let failed = 0;
for (const object of objects) {
  const faults = [...(await schemaFaults(object)), ...promiseFaults(object)];
  console.log(`${faults.length === 0 ? "✓" : "✗"} ${object.kind} ${object.metadata.name}`);
  for (const fault of faults) console.log(`    ${fault}`);
  if (faults.length === 0) passed++;
  else failed++;
}
const missing = platformServices.filter((name) => !find("Deployment", name));
for (const name of missing) console.log(`✗ there is no Deployment of ${name}`);
if (!find("NetworkPolicy", "nothing")) console.log("✗ what is not allowed is not refused");
failed += missing.length + (find("NetworkPolicy", "nothing") ? 0 : 1);
process.exitCode = failed === 0 ? 0 : 1;
sayLast({ passed, failed });

function find(kind: string, name: string): Named | undefined {
  return objects.find((object) => object.kind === kind && object.metadata.name === name);
}

/** What kustomize makes of the files, with keys and certificates of a system that was set up for this. */
async function rendered(kustomize: string): Promise<Named[]> {
  const folder = await mkdtemp(join(tmpdir(), "natster-kubernetes-"));
  try {
    await cp(fileURLToPath(new URL("../kubernetes", import.meta.url)), folder, { recursive: true });
    const servers = [0, 1, 2].map((index) => `nats-${index}.nats`).join(",");
    await prepare(prepareSettings.parse({ NATSTER_STATE: join(folder, "state"), NATSTER_SERVERS: servers }));
    return loadAll(await output(kustomize, ["build", folder])).map((object) => unwrapped(Named.parse(object)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same with Base64 in one piece: Kubernetes reads over its line breaks, and the schema's format does not. */
function unwrapped(object: Named): Named {
  if (object.kind !== "Secret") return object;
  const pieces = Object.entries(Labels.parse(object["data"])).map(([name, text]) => [name, text.replaceAll(/\s/g, "")]);
  return { ...object, data: Object.fromEntries(pieces) };
}

/** What the schema of an object's kind has against it. */
async function schemaFaults(object: Named): Promise<string[]> {
  try {
    const models: Record<string, unknown> = await import(`kubernetes-models/${object.apiVersion}/${object.kind}`);
    const model = models[object.kind];
    if (typeof model !== "function") return [`nobody knows a ${object.apiVersion} ${object.kind}`];
    Reflect.construct(model, [object]).validate();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** What this system promises of everything that runs, and an object does not keep. */
function promiseFaults(object: Named): string[] {
  if (!workloads.has(object.kind)) return [];
  const read = Workload.safeParse(object);
  if (!read.success) return read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  const { replicas, ttlSecondsAfterFinished, template } = read.data.spec;
  const { metadata, spec } = template;
  const secrets = spec.volumes.flatMap(({ secret }) => (secret ? [secret.secretName] : []));
  const foreign = secrets.filter((name) => !name.startsWith(`${object.metadata.name}-`));
  return [
    ...foreign.map((name) => `has the secret of another, ${name}`),
    ...(replicas !== undefined && isScaled(object) ? ["is set back to so many by each apply"] : []),
    ...(object.kind === "Job" && ttlSecondsAfterFinished !== 0 ? ["stands in the way of the next apply"] : []),
    ...(lasting.includes(object.kind) ? lastingFaults(object, metadata.labels, spec.containers) : []),
  ];
}

/** Whether autoscaling says how many there are. */
function isScaled({ kind, metadata: { name } }: Named): boolean {
  return objects.some((object) => {
    if (object.kind !== "HorizontalPodAutoscaler") return false;
    const { scaleTargetRef } = Scaling.parse(object).spec;
    return scaleTargetRef.kind === kind && scaleTargetRef.name === name;
  });
}

/** What has to hold of what runs on and on. */
function lastingFaults(
  { metadata: { name } }: Named,
  labels: Readonly<Record<string, string>>,
  containers: readonly z.infer<typeof Container>[],
): string[] {
  const probes = containers.every(({ readinessProbe, livenessProbe }) => readinessProbe && livenessProbe);
  const budget = objects.some((object) => {
    if (object.kind !== "PodDisruptionBudget") return false;
    const selected = Object.entries(Selecting.parse(object).spec.selector.matchLabels);
    return selected.length > 0 && selected.every(([label, value]) => labels[label] === value);
  });
  return [
    ...(probes ? [] : ["nobody asks how it is"]),
    ...(budget ? [] : [`all of ${name} may be taken away at once`]),
  ];
}

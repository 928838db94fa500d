import { expect, test } from "vitest";
import { type ConfigOptions, renderConfig, renderTrust } from "./config.ts";

const options: ConfigOptions = {
  operator: { jwt: "operator.jwt", systemAccount: "ASYS", preload: { ASYS: "sys.jwt", APLATFORM: "platform.jwt" } },
  directory: "/state",
  host: "127.0.0.1",
  ports: { client: -1, websocket: -1, monitor: -1 },
  syncAlways: true,
  websocket: {},
};

test("a server trusts its operator and keeps accounts, streams and ports in its directory", () => {
  expect(renderConfig(options)).toBe(`host: "127.0.0.1"
port: -1
http: "127.0.0.1:-1"
ports_file_dir: "/state/run"

operator: "operator.jwt"
system_account: "ASYS"
resolver_preload {
  ASYS: "sys.jwt"
  APLATFORM: "platform.jwt"
}

resolver {
  type: full
  dir: "/state/accounts"
  allow_delete: false
  interval: "2m"
}

jetstream {
  store_dir: "/state/jetstream"
  sync_interval: always
}

websocket {
  host: "127.0.0.1"
  port: -1
  same_origin: true
  no_tls: true
}
`);
});

test("what is left out is not written, and what is given is", () => {
  const text = renderConfig({
    ...options,
    name: "n1",
    ports: { client: 4222, websocket: 8080, monitor: 8222 },
    syncAlways: false,
    extra: "cluster { name: c1 }",
  });
  expect(text).toContain('server_name: "n1"\n');
  expect(text).toContain("port: 4222\n");
  expect(text).toContain("  port: 8080\n");
  expect(text).toContain('http: "127.0.0.1:8222"\n');
  expect(text).toContain("\ncluster { name: c1 }\n");
  expect(text).not.toContain("sync_interval");
});

test("whom a server trusts may stand in a file of its own, which says the same", () => {
  const { operator } = options;
  if ("file" in operator) throw new TypeError("these options name a file");
  const text = renderConfig({ ...options, operator: { file: "./trust.conf" } });
  expect(text.replace('include "./trust.conf"', renderTrust(operator))).toBe(renderConfig(options));
});

test("clients have TLS where there is a certificate, and WebSocket may listen elsewhere than they do", () => {
  const text = renderConfig({
    ...options,
    host: "0.0.0.0",
    tls: { cert: "/c.pem", key: "/k.pem" },
    websocket: { host: "127.0.0.1" },
    pidFile: "/state/pid",
  });
  expect(text).toContain('host: "0.0.0.0"\n');
  expect(text).toContain('tls { cert_file: "/c.pem", key_file: "/k.pem" }\n');
  expect(text).toContain('websocket {\n  host: "127.0.0.1"\n');
  expect(text).toContain('pid_file: "/state/pid"\n');
});

test("the monitor stays on loopback when clients come from elsewhere", () => {
  const text = renderConfig({ ...options, host: "0.0.0.0", websocket: { tls: { cert: "/c.pem", key: "/k.pem" } } });
  expect(text).toContain('host: "0.0.0.0"');
  expect(text).toContain('http: "127.0.0.1:-1"');
  expect(text).toContain('    cert_file: "/c.pem"\n    key_file: "/k.pem"\n');
  expect(text).not.toContain("no_tls");
});

test("WebSocket beyond loopback has TLS unless somebody says that it needs none", () => {
  expect(() => renderConfig({ ...options, host: "0.0.0.0" })).toThrow(/needs tls/);
  expect(renderConfig({ ...options, host: "0.0.0.0", websocket: { tls: "none" } })).toContain("no_tls: true");
});

test("a path cannot break out of its string", () => {
  expect(renderConfig({ ...options, directory: '/a"b\\c' })).toContain('store_dir: "/a\\"b\\\\c/jetstream"');
  expect(() => renderConfig({ ...options, name: "a\nb" })).toThrow(TypeError);
});

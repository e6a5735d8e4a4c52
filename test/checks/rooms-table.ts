/** What the files of a folder of src may import. The table is that of the design: change it there first. */
export interface Room {
  /** Rooms, or `room/file` for a part of one. Every room may import from itself. */
  readonly values: readonly string[]
  /** Rooms of which only types may be imported (`import type`), as a room takes ports from the rooms below it. */
  readonly types?: readonly string[]
  /** npm packages and `node:` modules; `node:*` stands for all of the latter. */
  readonly packages: readonly string[]
  /** Never reads the clock, sets a timer or throws dice: what lets tests run the product under a clock of their own. */
  readonly pure?: true
}

export const ROOMS: Readonly<Record<string, Room>> = {
  lib: { values: [], packages: ['node:crypto', 'node:zlib'], pure: true },
  api: { values: ['lib'], packages: [], pure: true },
  schedule: { values: ['lib'], packages: [], pure: true },
  manifest: { values: ['api', 'schedule', 'lib'], packages: ['yaml'], pure: true },
  decide: { values: ['api', 'manifest', 'schedule', 'lib'], packages: [], pure: true },
  operations: { values: ['manifest/documents', 'api', 'lib'], packages: [], pure: true },
  execution: { values: ['operations/contract', 'operations/item', 'api', 'lib'], packages: ['p-queue'], pure: true },
  runs: { values: ['execution', 'decide', 'operations', 'api', 'lib'], packages: [], pure: true },
  controller: {
    values: ['runs', 'execution', 'decide', 'schedule', 'operations', 'api', 'lib'],
    packages: [],
    pure: true,
  },
  kube: {
    values: ['api', 'lib'],
    types: ['execution', 'controller', 'decide', 'operations'],
    packages: ['@kubernetes/client-node', 'undici', 'node:*'],
  },
  telemetry: {
    values: ['api', 'lib'],
    types: ['execution', 'controller'],
    packages: ['pino', 'prom-client', 'node:perf_hooks'],
  },
  server: {
    values: ['api', 'lib', 'schedule'],
    types: ['decide', 'operations', 'execution', 'controller', 'kube', 'telemetry'],
    packages: ['hono', '@hono/node-server', 'zod', 'node:*'],
  },
  dashboard: { values: ['lib'], types: ['server/shapes'], packages: ['preact'] },
  cli: {
    values: ['api', 'lib', 'schedule', 'manifest', 'decide', 'operations', 'execution', 'runs', 'kube'],
    packages: ['commander', 'yaml', 'node:*'],
  },
}

/** What a test beside the source may import on top of its room's own allowance. */
export const TESTS = { packages: ['vitest', 'fast-check', 'node:*'], folders: ['test/builders'] } as const

import { z } from 'zod'
import type { Flags } from './cli/controller.ts'
import { cut } from './lib/text.ts'
import { LOG_LEVELS } from './telemetry/logs.ts'

const whole = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`
  return z.string().regex(/^\d+$/, message).transform(Number).pipe(z.number().min(min, message).max(max, message))
}
const bool = z.enum(['true', 'false'], 'must be true or false').transform(text => text === 'true')
const dnsLabel = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be the name of a namespace')

/** Each setting is a flag, some are variables of the environment too; the flag wins. */
const schema = z.strictObject({
  kubeconfig: z.string().min(1, 'must be a file').optional(),
  namespace: z.array(dnsLabel).transform(names => Object.freeze([...new Set(names)])),
  port: whole(0, 65535),
  'insecure-local': bool,
  'cross-namespace': bool,
  'leader-elect': bool,
  shards: whole(1, 32),
  'task-metrics': bool,
  identity: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,63}$/, 'must be 1 to 63 characters out of A-Z a-z 0-9 . _ -')
    .optional(),
  'shutdown-grace': whole(0, 3600),
  'log-format': z.enum(['json', 'text'], 'must be json or text'),
  'log-level': z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`),
  'max-task-workers': whole(1, 256),
  'task-workers-limit': whole(1, 256),
  'task-timeout-seconds': whole(1, 86_400),
  'task-max-retries': whole(1, 10),
  'task-retry-delay-seconds': whole(0, 3600),
})

export type Config = Readonly<z.output<typeof schema>>

/** Flags that can also be set in the environment. */
export const VARIABLES = {
  'max-task-workers': 'MAX_TASK_WORKERS',
  'task-workers-limit': 'TASK_WORKERS_LIMIT',
  'task-timeout-seconds': 'TASK_TIMEOUT_SECONDS',
  'task-max-retries': 'TASK_MAX_RETRIES',
  'task-retry-delay-seconds': 'TASK_RETRY_DELAY_SECONDS',
} as const

export const DEFAULTS: Flags = {
  namespace: [],
  port: '8080',
  'insecure-local': 'false',
  'cross-namespace': 'true',
  'leader-elect': 'true',
  shards: '1',
  'task-metrics': 'false',
  'shutdown-grace': '25',
  'log-format': 'json',
  'log-level': 'info',
  'max-task-workers': '5',
  'task-workers-limit': '64',
  'task-timeout-seconds': '300',
  'task-max-retries': '3',
  'task-retry-delay-seconds': '10',
}

/** A setting that cannot be used; the message is one line that names it. */
export class ConfigError extends Error {}

/** Flags, then environment, then defaults. @throws ConfigError */
export function configOf(flags: Flags, environment: Readonly<Record<string, string | undefined>>): Config {
  const given: Record<string, unknown> = { ...DEFAULTS }
  for (const [flag, variable] of Object.entries(VARIABLES)) {
    if (environment[variable] !== undefined) given[flag] = environment[variable]
  }
  for (const [flag, value] of Object.entries(flags)) if (value !== undefined) given[flag] = value
  // Whoever sets only the number of workers wants that number.
  const isSet = (flag: keyof typeof VARIABLES) =>
    flags[flag] !== undefined || environment[VARIABLES[flag]] !== undefined
  if (isSet('max-task-workers') && !isSet('task-workers-limit')) given['task-workers-limit'] = given['max-task-workers']
  const parsed = schema.safeParse(given)
  if (parsed.success) return Object.freeze(checked(parsed.data))
  const [issue] = parsed.error.issues
  const flag = String(issue?.path[0])
  const fromFlag = flags[flag] !== undefined
  const name = !fromFlag && flag in VARIABLES ? VARIABLES[flag as keyof typeof VARIABLES] : `--${flag}`
  throw new ConfigError(`${name}=${shown(given[flag], issue?.path[1])}: ${issue?.message}`)
}

/** @throws ConfigError for settings that contradict each other */
function checked(config: Config): Config {
  const { 'max-task-workers': workers, 'task-workers-limit': limit, shards } = config
  if (shards > 1 && !config['leader-elect'])
    throw new ConfigError(`--shards=${shards}: replicas share shards by leases: leave out --leader-elect=false`)
  if (limit >= workers) return config
  throw new ConfigError(
    `TASK_WORKERS_LIMIT=${limit}: must be at least MAX_TASK_WORKERS, which is ${workers}: the pool grows from there`,
  )
}

/** The value on one line; of a flag that was repeated, the one that is wrong. */
function shown(value: unknown, index: PropertyKey | undefined): string {
  const text = String(Array.isArray(value) && typeof index === 'number' ? value[index] : value)
  return cut(text.replace(/\s+/g, ' '), 100)
}

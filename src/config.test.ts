import { describe, expect, it } from 'vitest'
import type { Flags } from './cli/controller.ts'
import { ConfigError, configOf } from './config.ts'

type Environment = Readonly<Record<string, string>>

function problemOf(flags: Flags, environment: Environment = {}): string {
  try {
    configOf(flags, environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error(`${JSON.stringify({ ...flags, ...environment })} must be refused`)
}

describe('settings', () => {
  it('have the defaults of the documentation', () => {
    expect(configOf({}, {})).toEqual({
      namespace: [],
      port: 8080,
      'insecure-local': false,
      'cross-namespace': true,
      'leader-elect': true,
      shards: 1,
      'task-metrics': false,
      'shutdown-grace': 25,
      'log-format': 'json',
      'log-level': 'info',
      'max-task-workers': 5,
      'task-workers-limit': 64,
      'task-timeout-seconds': 300,
      'task-max-retries': 3,
      'task-retry-delay-seconds': 10,
    })
  })

  it.each([
    ['max-task-workers', 'MAX_TASK_WORKERS'],
    ['task-workers-limit', 'TASK_WORKERS_LIMIT'],
    ['task-timeout-seconds', 'TASK_TIMEOUT_SECONDS'],
    ['task-max-retries', 'TASK_MAX_RETRIES'],
    ['task-retry-delay-seconds', 'TASK_RETRY_DELAY_SECONDS'],
  ] as const)('--%s wins over %s, which wins over the default', (flag, variable) => {
    expect(configOf({}, { [variable]: '7' })[flag]).toBe(7)
    expect(configOf({ [flag]: '8' }, { [variable]: '7' })[flag]).toBe(8)
    expect(configOf({ [flag]: '8' }, { [variable]: 'x' })[flag]).toBe(8)
    expect(configOf({ [flag]: undefined }, { [variable]: '7' })[flag]).toBe(7)
  })

  it.each([
    [{}, 5, 64],
    [{ MAX_TASK_WORKERS: '8' }, 8, 8],
    [{ MAX_TASK_WORKERS: '8', TASK_WORKERS_LIMIT: '16' }, 8, 16],
    [{ TASK_WORKERS_LIMIT: '16' }, 5, 16],
  ])('%j: from %i to %i workers, a fixed number when only that is set', (environment, workers, limit) => {
    const config = configOf({}, environment)
    expect([config['max-task-workers'], config['task-workers-limit']]).toEqual([workers, limit])
  })

  it('do not take flags from variables that only look like theirs', () => {
    expect(configOf({}, { PORT: '1', LOG_LEVEL: 'debug', NAMESPACE: 'x' })).toEqual(configOf({}, {}))
  })

  it('cannot be changed afterwards', () => {
    const config = configOf({ namespace: ['team-a'] }, {})
    expect(Object.isFrozen(config)).toBe(true)
    expect(Object.isFrozen(config.namespace)).toBe(true)
  })

  it('name each namespace once', () => {
    expect(configOf({ namespace: ['b', 'a', 'b'] }, {}).namespace).toEqual(['b', 'a'])
  })

  it.each<[Flags, object]>([
    [{ port: '0' }, { port: 0 }],
    [{ port: '65535' }, { port: 65535 }],
    [
      { 'insecure-local': 'true', 'leader-elect': 'false' },
      { 'insecure-local': true, 'leader-elect': false },
    ],
    [{ 'shutdown-grace': '0' }, { 'shutdown-grace': 0 }],
    [
      { 'log-format': 'text', 'log-level': 'debug' },
      { 'log-format': 'text', 'log-level': 'debug' },
    ],
    [
      { 'max-task-workers': '256', 'task-max-retries': '1' },
      { 'max-task-workers': 256, 'task-max-retries': 1 },
    ],
    [{ 'task-retry-delay-seconds': '0' }, { 'task-retry-delay-seconds': 0 }],
    [{ identity: 'pod-1.x_Y' }, { identity: 'pod-1.x_Y' }],
    [{ kubeconfig: '/tmp/k' }, { kubeconfig: '/tmp/k' }],
  ])('%j is taken', (flags, expected) => {
    expect(configOf(flags, {})).toMatchObject(expected)
  })
})

describe('a setting that cannot be used is named with its value, in one line', () => {
  const whole = (min: number, max: number) => `must be a whole number from ${min} to ${max}`
  it.each([
    ['port', 'x', whole(0, 65535)],
    ['port', '65536', whole(0, 65535)],
    ['port', '-1', whole(0, 65535)],
    ['port', '80.5', whole(0, 65535)],
    ['port', '1e3', whole(0, 65535)],
    ['port', ' 80', whole(0, 65535)],
    ['port', '', whole(0, 65535)],
    ['port', '99999999999999999999', whole(0, 65535)],
    ['shutdown-grace', '3601', whole(0, 3600)],
    ['max-task-workers', '0', whole(1, 256)],
    ['max-task-workers', '257', whole(1, 256)],
    ['task-timeout-seconds', '0', whole(1, 86_400)],
    ['task-timeout-seconds', '86401', whole(1, 86_400)],
    ['task-max-retries', '11', whole(1, 10)],
    ['task-retry-delay-seconds', '3601', whole(0, 3600)],
    ['insecure-local', 'yes', 'must be true or false'],
    ['leader-elect', '', 'must be true or false'],
    ['log-format', 'xml', 'must be json or text'],
    ['log-level', 'trace', 'must be one of debug, info, warn, error'],
    ['identity', 'a b', 'must be 1 to 63 characters out of A-Z a-z 0-9 . _ -'],
    ['identity', '', 'must be 1 to 63 characters out of A-Z a-z 0-9 . _ -'],
    ['kubeconfig', '', 'must be a file'],
  ])('--%s=%s', (flag, value, problem) => {
    expect(problemOf({ [flag]: value })).toBe(`--${flag}=${value}: ${problem}`)
  })

  it.each([
    ['MAX_TASK_WORKERS', 'many', whole(1, 256)],
    ['MAX_TASK_WORKERS', '', whole(1, 256)],
    ['TASK_TIMEOUT_SECONDS', '1.5', whole(1, 86_400)],
    ['TASK_MAX_RETRIES', '0', whole(1, 10)],
    ['TASK_RETRY_DELAY_SECONDS', '-5', whole(0, 3600)],
  ])('%s=%s', (variable, value, problem) => {
    expect(problemOf({}, { [variable]: value })).toBe(`${variable}=${value}: ${problem}`)
  })

  it('the flag, when it is the flag that is wrong', () => {
    expect(problemOf({ 'task-max-retries': '0' }, { TASK_MAX_RETRIES: '3' })).toMatch(/^--task-max-retries=0: /)
  })

  it('of a repeated flag, the value that is wrong', () => {
    expect(problemOf({ namespace: ['team-a', 'Team_B'] })).toBe('--namespace=Team_B: must be the name of a namespace')
  })

  it('however long it is and however many lines it has', () => {
    const message = problemOf({ identity: `a\nb${'c'.repeat(1000)}` })
    expect(message).toMatch(/^--identity=a bccc/)
    expect(message).not.toContain('\n')
    expect(message.length).toBeLessThan(200)
  })

  it('a flag that does not exist', () => {
    expect(() => configOf({ frobnicate: '2' }, {})).toThrow(ConfigError)
  })

  it('shards for a process that does not compete for any', () => {
    expect(problemOf({ shards: '2', 'leader-elect': 'false' })).toBe(
      '--shards=2: replicas share shards by leases: leave out --leader-elect=false',
    )
  })

  it('a limit of workers below their number', () => {
    expect(problemOf({}, { MAX_TASK_WORKERS: '8', TASK_WORKERS_LIMIT: '7' })).toBe(
      'TASK_WORKERS_LIMIT=7: must be at least MAX_TASK_WORKERS, which is 8: the pool grows from there',
    )
  })
})

import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Fact } from '../../src/api/facts.ts'
import { logFacts, logger } from '../../src/telemetry/logs.ts'
import { type Night, spendNight } from './telemetry/night.ts'

const RUN = ['task', 'run', 'operation']
/** What the line of each fact has besides time, level and words: no less, and no more. */
const KEYS: Readonly<Record<Exclude<Fact['fact'], 'Requested'>, readonly string[]>> = {
  Submitted: [...RUN, 'slot', 'rank'],
  Claimed: [...RUN, 'reason', 'latenessSeconds'],
  Resumed: [...RUN, 'resumed'],
  Attempting: [...RUN, 'attempt', 'attempts'],
  Attempted: [...RUN, 'attempt', 'outcome', 'nextAttemptSeconds'],
  Changed: [...RUN, 'kind', 'target'],
  Ended: [...RUN, 'result', 'reason', 'seconds', 'attempt'],
  Left: RUN,
  NotRun: [...RUN, 'result', 'reason', 'slot', 'count'],
  Waiting: ['task', 'rule'],
  Stalled: ['task', 'reason'],
  LetGo: ['task'],
  Cleaned: ['removed'],
  WatchRestarted: ['resource'],
  Leading: ['name', 'leading'],
  Trouble: ['where'],
}
/** Of these the night knows nothing: a wake that is given up, and what is broken. */
const NOT_IN_THIS_NIGHT = ['LetGo', 'Trouble']
/** Lines of the process itself. */
const OWN = ['rota started', 'stopping: no new runs', 'stopped']

/** The series of the table in the API's description, each with the labels that tell apart what moves. */
const PROMISED = [
  'rota_runs_total{operation="restart",result="Succeeded"}',
  'rota_runs_total{operation="restart",result="Failed"}',
  'rota_runs_total{operation="restart",result="Missed"}',
  'rota_runs_total{operation="restart",result="Skipped"}',
  'rota_runs_total{operation="job",result="Cancelled"}',
  'rota_run_duration_seconds_sum{operation="job"}',
  'rota_run_duration_seconds_count{operation="job"}',
  'rota_run_attempts_total{operation="restart",outcome="Failed"}',
  'rota_start_lateness_seconds_sum',
  'rota_start_lateness_seconds_count',
  'rota_missed_slots_total',
  'rota_queue_depth',
  'rota_workers{state="max"}',
  'rota_workers{state="busy"}',
  'rota_tasks{phase="Scheduled"}',
  'rota_tasks{phase="Running"}',
  'rota_tasks{phase="Stalled"}',
  'rota_objects_changed_total{operation="sleep",kind="Deployment"}',
  'rota_saved_cpu_cores{cost_center="cc-1"}',
  'rota_saved_memory_bytes{cost_center="cc-1"}',
  'rest_client_requests_total{code="200",method="PATCH"}',
  'rest_client_request_duration_seconds_sum{verb="PATCH"}',
  'rest_client_request_duration_seconds_count{verb="PATCH"}',
  'rota_watch_restarts_total',
  'leader_election_master_status',
  'rota_task_last_success_timestamp_seconds',
  'rota_task_next_run_timestamp_seconds',
  'rota_task_consecutive_failures',
]
/** Further ones of Rota's own. */
const OTHERS = ['rota_waits_total{rule="awaitsOthers"}', 'rota_requests_in_flight', 'rota_watch_silence_seconds']
/** What says what is there, and does not move; that the limit of requests does is shown by the tests of the pool. */
const CONSTANT = ['rota_build_info', 'rota_requests_limit']

let night: Night
beforeAll(async () => {
  night = await spendNight()
}, 300_000)

const isWorthALine = (fact: Fact) =>
  fact.fact !== 'Requested' && (fact.fact !== 'Attempted' || fact.nextAttemptSeconds !== undefined)

describe('the log of a night', () => {
  const lines = () => night.first.lines.map(line => JSON.parse(line) as Readonly<Record<string, unknown>>)
  const happened = () => [...night.first.facts, ...night.second.facts].filter(isWorthALine)

  test('is a line of JSON for each fact, with all that it is about and nothing twice', () => {
    const told = lines().filter(({ msg }) => !OWN.includes(String(msg)))
    const facts = night.first.facts.filter(isWorthALine)
    expect(told).toHaveLength(facts.length)
    for (const [index, { time, level, msg, ...fields }] of told.entries()) {
      const fact = facts[index] as Fact & { readonly fact: keyof typeof KEYS }
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      expect(level).toMatch(/^(debug|info|warn|error)$/)
      expect(msg).toMatch(/^\S.*\S$/)
      expect([fact.fact, ...Object.keys(fields).toSorted()]).toEqual([fact.fact, ...KEYS[fact.fact].toSorted()])
      expect(fact).toMatchObject(fields)
      for (const value of Object.values(fields)) expect(['string', 'number', 'boolean']).toContain(typeof value)
    }
  })

  test('has lines of all kinds', () => {
    const kinds = new Set(happened().map(({ fact }) => fact))
    expect(Object.keys(KEYS).filter(kind => !kinds.has(kind as Fact['fact']))).toEqual(NOT_IN_THIS_NIGHT)
    const results = happened().flatMap(fact => ('result' in fact ? [`${fact.fact} ${fact.result}`] : []))
    const wanted = ['Ended Succeeded', 'Ended Failed', 'Ended Cancelled', 'NotRun Missed', 'NotRun Skipped']
    expect(results).toEqual(expect.arrayContaining(wanted))
  })

  test('tells of the process itself where it listens, as which version, and that it stops', () => {
    const own = lines().filter(({ msg }) => OWN.includes(String(msg)))
    expect(own.map(({ msg }) => msg)).toEqual(OWN)
    const started = { port: expect.any(Number), version: expect.any(String), server: expect.any(String) }
    expect(own[0]).toMatchObject({ ...started, namespaces: [expect.any(String)] })
  })

  test('for people is a line of text each, which can be read without the fields', () => {
    const asText: string[] = [...night.second.lines]
    const write = logFacts(logger('text', 'debug', { write: line => asText.push(line) }))
    for (const fact of happened()) write(fact)
    expect(asText.length).toBeGreaterThan(happened().length)
    for (const line of asText) {
      expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO |WARN |ERROR) [a-zA-Z].*\n$/)
      expect(line.trimEnd()).not.toContain('\n')
      // Nothing that is said is said again by a field, and no word comes twice in a row.
      expect(line).not.toMatch(/ (message|says|because)=|\b([a-z]{4,}):? \2\b/i)
    }
  })

  test('holds no token, nothing of a Secret, and no body of a manifest, a patch or a command', () => {
    const text = [...night.first.lines, ...night.second.lines, ...night.first.facts.map(fact => JSON.stringify(fact))]
    expect(night.secrets.length).toBeGreaterThan(0)
    for (const secret of night.secrets) {
      expect(secret.length).toBeGreaterThan(15)
      expect(text.filter(line => line.includes(secret))).toEqual([])
    }
  })
})

describe('the metrics of a night', () => {
  const nameOf = (series: string) => series.replace(/\{.*/, '')
  /** Those that begin like this, with other labels behind. */
  const movesOf = (series: string) =>
    [...night.series].filter(([name]) => name === series || name.startsWith(`${series}{`)).map(([, values]) => values)

  test.each([...PROMISED, ...OTHERS])('%s moves', series => {
    expect(movesOf(series).some(({ size }) => size > 1)).toBe(true)
  })

  test('are all in these lists', () => {
    const known = new Set([...PROMISED, ...OTHERS, ...CONSTANT].map(nameOf))
    const own = [...night.series.keys()].map(nameOf).filter(name => /^(rota|rest_client|leader_election)_/.test(name))
    expect([...new Set(own)].filter(name => !known.has(name.replace(/_bucket$/, '_count')))).toEqual([])
  })

  test('are all named in the README', () => {
    const readme = readFileSync('README.md', 'utf8')
    const names = [...PROMISED, ...OTHERS, ...CONSTANT].map(series => nameOf(series).replace(/_(sum|count)$/, ''))
    expect(names.filter(name => !readme.includes(`\`${name}\``))).toEqual([])
  })

  test('of the process are there too', () => {
    expect([...night.series.keys()]).toEqual(
      expect.arrayContaining(['process_start_time_seconds', 'process_resident_memory_bytes']),
    )
  })
})

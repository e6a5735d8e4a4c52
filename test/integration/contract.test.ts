import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resourceName } from '../../src/api/kinds.ts'
import type { Action, Plan, Right } from '../../src/operations/contract.ts'
import type { Item } from '../../src/operations/item.ts'
import { until } from '../cluster/until.ts'
import { NAMED_CASES } from '../contract/cases.ts'
import { type Lab, type LiveStage, openLab, TOUCHED } from '../contract/live-stage.ts'
import { attemptOn, callsOn, linesOf, planOn } from '../contract/stage.ts'
import { type AuditEvent, auditLogSize, readAuditLog } from '../harness/audit.ts'
import { sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import type { Fate, Passing } from '../harness/proxy.ts'

const cluster = sharedCluster()
let lab: Lab

beforeAll(async () => {
  lab = await openLab(cluster)
})
afterAll(() => lab?.close())

describe.concurrent.each(NAMED_CASES)('$name', ({ scenario: make }) => {
  test.skipIf(usesExistingCluster)(
    'does what was planned beforehand, with the rights that it names, and nothing when it is run again',
    async () => {
      const start = auditLogSize(cluster.auditLog ?? '')
      const stage = await lab.stage(make)
      const { scenario, operation, run } = stage
      const plan = await planOn(stage)
      expect(plan.actions.map(({ says }) => says).sort()).toEqual([...scenario.does].sort())
      const told: string[] = []
      const outcome = await attemptOn(stage, { changed: ({ says }) => told.push(says) })
      expect(outcome).toMatchObject({ result: 'Succeeded', message: scenario.message, changed: scenario.does.length })
      expect(told.sort()).toEqual([...scenario.does].sort())
      const whole = { ...run, changed: [] }
      if (operation.verifySeconds !== undefined) {
        await until('it is really so', async () => (await operation.unverified?.(whole, callsOn(stage)))?.length === 0)
      }
      const events = await until(
        'the audit log has all of it',
        () => eventsOf(stage, start),
        found => found.length === stage.seen().length,
      )
      expect(events.filter(isChange).map(writeIn).sort()).toEqual(plan.actions.flatMap(writesOf).sort())
      expect(events.filter(({ responseStatus }) => responseStatus?.code === 403)).toEqual([])
      const used = new Set(events.map(rightIn))
      const unused = requestsIn(stage.rights).filter(right => !used.has(right))
      expect(unused).toEqual(scenario.seldom ?? [])
    },
  )

  test('a dry run changes nothing, and tells what it would do', async () => {
    const stage = await lab.stage(make)
    const before = await stage.objects()
    const outcome = await attemptOn(stage, { dryRun: true })
    expect(outcome).toMatchObject({ result: 'Succeeded', changed: stage.scenario.does.length })
    expect(contents(await stage.objects())).toEqual(contents(before))
    // What it would make is not there.
    const { actions } = await planOn(stage)
    expect(actions).toHaveLength(stage.scenario.does.length)
    expect(outcome.output.split('\n')).toEqual(expect.arrayContaining([...linesOf(stage, actions)]))
    expect(writes(stage)).toEqual([])
  })

  test('pages through its lists, and begins a list again whose rest the server has forgotten', async () => {
    const stage = await lab.stage(make)
    const expected = await planOn(stage)
    const lists = stage.seen().filter(({ url }) => url.includes('limit='))
    const pages = lists.filter(({ url }) => url.includes('continue='))
    const isMany = new Set(expected.actions.map(({ target }) => target.kind.kind)).size < expected.actions.length
    if (lists.length > 0 && isMany) expect(pages.length).toBeGreaterThan(0)
    const forgotten = new Set<string>()
    stage.fate = ({ url }) => {
      const [list = ''] = url.split('?')
      if (!url.includes('continue=') || forgotten.has(list)) return 'pass'
      forgotten.add(list)
      return { answer: 410 }
    }
    expect(unversioned(await planOn(stage))).toEqual(unversioned(expected))
    expect(forgotten.size > 0).toBe(pages.length > 0)
  })

  test('tells what stands against its writes, one by one, and whether trying again helps; then it does them all', async () => {
    const stage = await lab.stage(make)
    const before = await stage.objects()
    const answers = [
      [{ answer: 403 }, { reason: 'AdmissionRefused', retry: false }],
      [{ answer: 422 }, { reason: 'Invalid', retry: false }],
      [
        { answer: 429, headers: { 'retry-after': '7' } },
        { reason: 'TooManyRequests', retry: true, retryAfter: 7 },
      ],
      [{ answer: 500 }, { reason: 'ServerError', retry: true }],
      ['reset', { reason: 'Unreachable', retry: true }],
    ] as const
    for (const [fate, expected] of answers) {
      stage.fate = request => (isWrite(request) ? fate : 'pass')
      const outcome = await attemptOn(stage)
      expect(outcome).toMatchObject({ result: 'Failed', changed: 0, ...expected })
    }
    expect(contents(await stage.objects())).toEqual(contents(before))
    stage.fate = first(isWrite, { answer: 403 })
    const partly = await attemptOn(stage)
    expect(partly).toMatchObject({ result: 'Failed', reason: 'AdmissionRefused', changed: changes(stage) })
    expect(partly.output.split('\n').filter(line => line.startsWith('not done: '))).toHaveLength(1)
    stage.fate = first(isWrite, { answer: 409 })
    expect(await attemptOn(stage)).toMatchObject({ result: 'Succeeded' })
    expect(changes(stage)).toBe(stage.scenario.does.length)
    expect(twice(stage)).toEqual([])
  })

  test('what is gone needs nothing, unless it is to be there', async () => {
    const stage = await lab.stage(make)
    const [action] = (await planOn(stage)).actions
    const makes = action?.do === 'Create' || action?.do === 'Apply'
    stage.fate = first(isWrite, { answer: 404 })
    expect(await attemptOn(stage)).toMatchObject({ result: makes ? 'Failed' : 'Succeeded' })
  })

  test('somebody changes an object under its hands: it looks again, and what they did stays', async () => {
    const stage = await lab.stage(make)
    const before = await stage.objects()
    let touched = ''
    stage.fate = async (request): Promise<Fate> => {
      const path = (request.url.split('?')[0] ?? '').replace(/\/scale$/, '')
      if (request.method !== 'PATCH' || !isWrite(request) || !before[path] || touched !== '') return 'pass'
      touched = path
      await stage.touch(path)
      return 'pass'
    }
    expect(await attemptOn(stage)).toMatchObject({ result: 'Succeeded' })
    expect(changes(stage)).toBe(stage.scenario.does.length)
    expect(twice(stage)).toEqual([])
    // Who creates or deletes minds no other version.
    if (touched === '') return
    expect((await stage.objects())[touched]?.metadata.annotations).toMatchObject(TOUCHED)
    expect(writes(stage).some(({ url, answer }) => url.startsWith(touched) && answer?.status === 409)).toBe(true)
  })

  test('cancelled in the middle it begins nothing further; what was done stays, and is not done again', async () => {
    const stage = await lab.stage(make)
    const all = stage.scenario.does.length
    const stop = new AbortController()
    const passed: Passing[] = []
    const held: Passing[] = []
    stage.fate = request => {
      if (!isWrite(request)) return 'pass'
      const passes = all > 1 && passed.length === 0
      ;(passes ? passed : held).push(request)
      return passes ? 'pass' : new Promise(() => undefined)
    }
    const told: string[] = []
    const outcome = attemptOn(stage, { stop: stop.signal, changed: ({ says }) => told.push(says) })
    await until('one is done, one is held', () => held.length > 0 && passed.every(({ answer }) => answer !== undefined))
    stop.abort()
    const done = succeeded(stage)
    // What is done has perhaps not been heard of yet.
    expect(await outcome).toMatchObject({ result: 'Stopped', changed: told.length })
    expect(told.length).toBeLessThanOrEqual(changes(stage))
    expect(succeeded(stage)).toEqual(done)
    stage.fate = () => 'pass'
    expect(await attemptOn(stage)).toMatchObject({ result: 'Succeeded' })
    // What was on its way when it was cancelled may have come through since, and nobody has heard of it.
    const unheard = writes(stage).filter(request => request.answer === undefined && !held.includes(request))
    const heard = changes(stage, stage.scenario.needed)
    expect([heard, heard + unheard.length]).toContain(all)
    expect(twice(stage)).toEqual([])
  })

  test('does nothing twice, whichever answer to its writes is lost: interrupted after each of them in turn', async () => {
    const stage = await lab.stage(make)
    const { does, requests = 1, needed = requests } = stage.scenario
    for (let nth = 1; nth <= does.length * needed; nth++) {
      // One new write is carried out and nobody hears of it; then nothing gets through any more.
      const known = new Set(
        writes(stage)
          .filter(({ answer }) => answer !== undefined)
          .map(pathOf),
      )
      stage.fate = first(request => isWrite(request) && !known.has(pathOf(request)), 'lose', 'reset')
      expect(await attemptOn(stage)).toMatchObject({ result: 'Failed', reason: 'Unreachable', retry: true })
      expect(succeeded(stage)).toHaveLength(nth)
    }
    stage.fate = () => 'pass'
    expect(await attemptOn(stage)).toMatchObject({ result: 'Succeeded' })
    expect(changes(stage, needed)).toBe(does.length)
    expect(twice(stage)).toEqual([])
  })
})

/** Requests that would change something, dry runs left out. */
function writes(stage: LiveStage): readonly Passing[] {
  return stage.seen().filter(isWrite)
}

function isWrite({ method, url, body }: Passing): boolean {
  return method !== 'GET' && !url.includes('dryRun=All') && !body.includes('"dryRun":["All"]')
}

/** Those that the API server has carried out, whether or not its answer came: what changed nothing left the same version. */
function succeeded(stage: LiveStage): readonly string[] {
  const done = writes(stage).filter(({ answer }) => answer !== undefined && answer.status < 300)
  return [...new Set(done.map(request => `${pathOf(request)} ${versionIn(request)}`))]
}

/** How many objects have been changed by so many writes: by all that it takes, unless told. */
function changes(stage: LiveStage, needed = stage.scenario.requests ?? 1): number {
  const paths = succeeded(stage).map(text => text.split(' ')[1]?.replace(/\/scale$/, ''))
  const counts = [...Map.groupBy(paths, path => path).values()].map(({ length }) => length)
  return counts.filter(count => count >= needed).length
}

/** Objects that were changed more than once. */
function twice(stage: LiveStage): readonly string[] {
  const paths = succeeded(stage).map(text => text.split(' ').slice(0, 2).join(' '))
  return paths.filter((path, at) => paths.indexOf(path) !== at)
}

function pathOf({ method, url }: Passing): string {
  return `${method} ${url.split('?')[0]}`
}

function versionIn({ answer }: Passing): string {
  const { metadata } = JSON.parse(answer?.text ?? '{}') as Partial<Item>
  return metadata?.resourceVersion ?? ''
}

/** Requests of a sort: the first meets this fate, and the others that one. */
function first(is: (request: Passing) => boolean, fate: Fate, others: Fate = 'pass'): (request: Passing) => Fate {
  let met = false
  return request => {
    if (!is(request)) return 'pass'
    if (met) return others
    met = true
    return fate
  }
}

/** Objects as people have made them: controllers may write their status at any time. */
function contents(objects: Awaited<ReturnType<LiveStage['objects']>>): object {
  return Object.fromEntries(
    Object.entries(objects).map(([path, object]) => {
      const { status: _, metadata, ...rest } = object ?? {}
      return [path, object && { ...rest, metadata: { ...metadata, resourceVersion: '', managedFields: [] } }]
    }),
  )
}

/** For the same reason. */
function unversioned(plan: Plan): object {
  return { ...plan, actions: plan.actions.map(action => ({ ...action, version: '' })) }
}

function eventsOf({ account }: LiveStage, start: number): readonly AuditEvent[] {
  const as = `system:serviceaccount:${account.namespace}:${account.name}`
  return readAuditLog(cluster.auditLog ?? '', start).filter(
    event => event.impersonatedUser?.username === as && event.stage === 'ResponseComplete',
  )
}

function isChange({ verb, requestURI, responseStatus }: AuditEvent): boolean {
  const isDone = (responseStatus?.code ?? 0) < 300
  return isDone && !requestURI.includes('dryRun=All') && ['create', 'patch', 'delete'].includes(verb)
}

/** `patch deployments.apps team-a/web`. */
function writeIn(event: AuditEvent): string {
  const { namespace, name } = event.objectRef ?? {}
  return `${rightIn(event)} ${namespace}/${name}`
}

function writesOf(action: Action): readonly string[] {
  const { kind, namespace, name } = action.target
  const verb = action.do === 'Create' || action.do === 'Delete' ? action.do.toLowerCase() : 'patch'
  const resources = [kind.plural, ...(action.do === 'Patch' && action.scale ? [`${kind.plural}/scale`] : [])]
  return resources.map(resource => `${verb} ${resourceName(kind.group, resource)} ${namespace}/${name}`)
}

function rightIn({ verb, objectRef = {} }: AuditEvent): string {
  const { apiGroup = '', resource = '', subresource } = objectRef
  return `${verb} ${resourceName(apiGroup, subresource ? `${resource}/${subresource}` : resource)}`
}

function requestsIn(rights: readonly Right[]): readonly string[] {
  return rights.flatMap(({ group, resource, verbs, implied = [] }) =>
    verbs.filter(verb => !implied.includes(verb)).map(verb => `${verb} ${resourceName(group, resource)}`),
  )
}

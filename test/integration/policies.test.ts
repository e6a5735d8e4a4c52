import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../cluster/until.ts'
import { apply, createNamespace, get, sharedCluster, usesExistingCluster } from '../harness/cluster.ts'
import { narrowedPolicies, type PolicyObject } from '../harness/policies.ts'

const cluster = sharedCluster()
const id = `policies-${randomBytes(4).toString('hex')}`
const ROTA = 'system:serviceaccount:rota-system:rota'
const ASKED = ['rota.dev/run', 'rota.dev/wake', 'rota.dev/hold-until']
// Good as tokens and as times.
const OLD = '2026-11-24T22:00:00Z'
const NEW = '2026-11-25T22:00:00Z'
const ACCEPTED = 'accepted'

// Not on somebody else's cluster: policies are for all namespaces, even if these are narrowed to one.
describe.skipIf(usesExistingCluster)('the shipped policies', () => {
  const policies = narrowedPolicies(id)
  let namespace: string

  beforeAll(async () => {
    namespace = await createNamespace(cluster, 'policies', { labels: { [id]: 'yes' } })
    await cluster.kubectl(['create', 'serviceaccount', 'sleeper', '-n', namespace])
    await cluster.kubectl(['create', 'serviceaccount', 'other', '-n', namespace])
    // As far as RBAC goes everybody here may do anything with tasks and their status.
    const users = ['alice', 'bob', 'carol', 'dave', ROTA]
    const resources = ['scheduledtasks', 'scheduledtasks/status']
    await grant('tasks', users, { apiGroups: ['rota.dev'], resources, verbs: ['*'] })
    const sleeper = { apiGroups: [''], resources: ['serviceaccounts'], resourceNames: ['sleeper'] }
    await grant('use-sleeper', ['bob'], { ...sleeper, verbs: ['use'] })
    await grant('impersonate-sleeper', ['carol'], { ...sleeper, verbs: ['impersonate'] })
    await grant('use-sleeper-for-now', ['dave'], { ...sleeper, verbs: ['use'] })
    // As its ClusterRole has it: what Rota may not do is then for its own policy to say.
    await grant('impersonate-all', [ROTA], { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] })

    await apply(
      cluster,
      [task('plain'), task('asked', asking(OLD)), task('old-mistakes', asking('no, not so'))],
      namespace,
    )
    await apply(cluster, policies)
    const bites: readonly (readonly [user: string, patch: object, ...flags: string[]])[] = [
      ['alice', { spec: { suspend: true } }],
      ['alice', { status: { phase: 'Idle' } }, '--subresource=status'],
      [ROTA, { spec: { suspend: true } }],
    ]
    for (const [user, patch, ...flags] of bites) {
      const look = () => change(user, 'plain', patch, '--dry-run=server', ...flags)
      await until('the policies are in force', look, seen => seen.includes(`binding '${id}`))
    }
  })
  afterAll(async () => {
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: policies })
    await cluster.kubectl(['delete', '--ignore-not-found', '-f', '-'], { input })
  })

  test('have no type errors', async () => {
    for (const { kind, metadata } of policies.filter(({ spec }) => spec.failurePolicy)) {
      const look = () => get<PolicyObject>(cluster, `${kind} ${metadata.name}`)
      const { status } = await until(
        `${metadata.name} is checked`,
        look,
        seen => seen.status?.typeChecking !== undefined,
      )
      expect(status?.typeChecking).toEqual({})
    }
  })

  describe('a user without rights on the account', () => {
    test('may not create a task, and is told what to do', async () => {
      const said = await create('alice', task('by-alice'))
      expect(said).toMatch(/^Error from server \(Forbidden\): /)
      expect(said).toContain(refusal('alice', 'sleeper'))
    })

    test('may not create a task with the default account either', async () => {
      const { spec, ...rest } = task('by-alice')
      const said = await create('alice', { ...rest, spec: { operation: spec.operation } })
      expect(said).toContain(refusal('alice', 'default'))
    })
  })

  describe.each([
    ['bob', 'use'],
    ['carol', 'impersonate'],
  ])('%s, who may %s the account,', user => {
    const mine = `by-${user}`

    test('may create a task, edit it, and ask for things', async () => {
      expect(await create(user, task(mine))).toBe(ACCEPTED)
      expect(await change(user, mine, { spec: { suspend: true } })).toBe(ACCEPTED)
      for (const value of [OLD, NEW, null]) {
        expect(await change(user, mine, { metadata: { annotations: asking(value) } })).toBe(ACCEPTED)
      }
    })

    test('may not create one with another account', async () => {
      expect(await create(user, task('stranger', {}, 'other'))).toContain(refusal(user, 'other'))
    })

    test('may not switch one to another account', async () => {
      expect(await change(user, mine, { spec: { serviceAccountName: 'other' } })).toContain(refusal(user, 'other'))
    })
  })

  describe('a user whose grant was withdrawn', () => {
    const mine = task('by-dave', asking(OLD))

    beforeAll(async () => {
      expect(await create('dave', mine)).toBe(ACCEPTED)
      await cluster.kubectl(['delete', 'rolebinding', 'use-sleeper-for-now', '-n', namespace])
      const canI = ['auth', 'can-i', 'use', 'serviceaccounts/sleeper', '--as=dave', '-n', namespace]
      await until('dave has no right any more', async () => (await cluster.tryKubectl(canI)).stdout.trim() === 'no')
    })

    test.each<[string, object]>([
      ['edit the spec', { spec: { suspend: true } }],
      ['edit the spec beside a cancel', { spec: { suspend: true }, ...annotating({ 'rota.dev/cancel': NEW }) }],
      ['ask for a run beside a cancel', annotating({ 'rota.dev/run': NEW, 'rota.dev/cancel': NEW })],
      ...ASKED.map(name => [`change ${name}`, annotating({ [name]: NEW })] as [string, object]),
      ...ASKED.map(name => [`remove ${name}`, annotating({ [name]: null })] as [string, object]),
      ['remove all annotations', { metadata: { annotations: null } }],
    ])('may not %s', async (_, patch) => {
      expect(await change('dave', 'by-dave', patch)).toContain(refusal('dave', 'sleeper'))
    })

    test.each(ASKED)('may not add %s', async name => {
      expect(await change('dave', 'plain', annotating({ [name]: NEW }))).toContain(refusal('dave', 'sleeper'))
    })

    test.each<[string, object]>([
      ['edit labels', { metadata: { labels: { tier: 'night' } } }],
      ['edit other annotations', annotating({ 'example.org/note': 'x' })],
      ['edit finalizers', { metadata: { finalizers: ['example.org/keep'] } }],
      ['remove finalizers', { metadata: { finalizers: null } }],
      ['write what is there already', { spec: mine.spec, ...annotating(asking(OLD)) }],
      ['cancel a run', annotating({ 'rota.dev/cancel': OLD })],
      ['cancel another one', annotating({ 'rota.dev/cancel': NEW })],
      ['take back a cancel', annotating({ 'rota.dev/cancel': null })],
    ])('may %s', async (_, patch) => {
      expect(await change('dave', 'by-dave', patch)).toBe(ACCEPTED)
    })

    test('may cancel and label a task that had neither labels nor annotations', async () => {
      const labels = { tier: 'night' }
      expect(await change('dave', 'plain', { metadata: { labels } })).toBe(ACCEPTED)
      expect(await change('dave', 'plain', annotating({ 'rota.dev/cancel': OLD }))).toBe(ACCEPTED)
    })

    test('may delete the task', async () => {
      expect(await ask('dave', ['delete', 'st', 'by-dave'])).toBe(ACCEPTED)
    })
  })

  describe('the form of requests', () => {
    const TOKENS = ['rota.dev/run', 'rota.dev/wake', 'rota.dev/cancel']
    const BAD_TOKENS = ['', 'two words', 'a/b', 'line\n', 'ä', 'x'.repeat(65), 'x'.repeat(100_000)]
    const BAD_TIMES = [
      ...['', 'tomorrow', '2026-11-24', '2026-11-24T22:00:00', '2026-11-24 22:00:00Z', '2026-11-24T22:00Z'],
      ...['2026-11-24T24:00:00Z', '2026-11-24T22:60:00Z', '2026-11-24T22:00:60Z', '2026-11-24T2:00:00Z'],
      ...['2026-13-24T22:00:00Z', '2026-00-24T22:00:00Z', '2026-11-00T22:00:00Z', '2026-11-31T22:00:00Z'],
      ...['2026-02-29T22:00:00Z', '2026-11-24T22:00:00,5Z', '2026-11-24T22:00:00+24:00', '2026-11-24T22:00:00+0100'],
      ...['2026-11-24T22:00:00Z ', `${OLD}\n`, '1'.repeat(100_000)],
    ]
    const GOOD_TIMES = [
      ...[OLD, '2026-11-24T22:00:00.123456Z', '2026-11-24T22:00:00+01:00', '2026-11-24T22:00:00-23:59'],
      ...['2026-11-24t22:00:00z', '2028-02-29T00:00:00Z', '2026-12-31T23:59:59Z', '2026-01-31T00:00:00Z'],
    ]
    const isNoToken = (name: string) =>
      `annotation ${name} must be a token of 1 to 64 characters out of A-Z a-z 0-9 . _ : + -, such as the current time`
    const isNoTime = 'annotation rota.dev/hold-until must be an RFC 3339 time such as 2026-11-24T22:00:00Z'
    const short = (value: string) => [value.slice(0, 80), value] as const

    test.each(TOKENS)('%s may have 64 characters, and any of those allowed', async name => {
      for (const token of ['A-Z.a_z:0+9', 'x'.repeat(64)]) {
        expect(await change('bob', 'asked', annotating({ [name]: token }))).toBe(ACCEPTED)
      }
    })

    test.each(TOKENS)('%s with a space is refused', async name => {
      expect(await change('bob', 'asked', annotating({ [name]: 'two words' }))).toContain(isNoToken(name))
    })

    test.each(BAD_TOKENS.map(short))('token %j is refused', async (_, token) => {
      expect(await change('bob', 'asked', annotating({ 'rota.dev/run': token }))).toContain(isNoToken('rota.dev/run'))
    })

    test.each(GOOD_TIMES)('hold-until %j is accepted', async time => {
      expect(await change('bob', 'asked', annotating({ 'rota.dev/hold-until': time }))).toBe(ACCEPTED)
    })

    test.each(BAD_TIMES.map(short))('hold-until %j is refused', async (_, time) => {
      expect(await change('bob', 'asked', annotating({ 'rota.dev/hold-until': time }))).toContain(isNoTime)
    })

    test('counts for new tasks too', async () => {
      expect(await create('bob', task('new', { 'rota.dev/cancel': '!' }))).toContain(isNoToken('rota.dev/cancel'))
      expect(await create('bob', task('new', { 'rota.dev/hold-until': '!' }))).toContain(isNoTime)
    })

    test('counts for those who may do no more than cancel', async () => {
      const patch = annotating({ 'rota.dev/cancel': 'two words' })
      expect(await change('alice', 'asked', patch)).toContain(isNoToken('rota.dev/cancel'))
    })

    test.each<[string, object]>([
      ['an edit of the spec', { spec: { suspend: true } }],
      ['an edit of labels', { metadata: { labels: { tier: 'night' } } }],
      ['a good token beside it', annotating({ 'rota.dev/run': NEW })],
      ['being removed', annotating({ 'rota.dev/wake': null, 'rota.dev/hold-until': null })],
    ])('does not keep an old mistake from %s', async (_, patch) => {
      expect(await change('bob', 'old-mistakes', patch)).toBe(ACCEPTED)
    })
  })

  describe('status', () => {
    const patch = { status: { phase: 'Idle', lastMessage: 'mine' } }
    const subresource = '--subresource=status'

    test.each(['alice', 'bob', 'admin'])('is not written by %s', async user => {
      const flags = user === 'admin' ? ['--as-group=system:masters'] : []
      const said = await change(user, 'asked', patch, subresource, ...flags)
      expect(said).toMatch(/^Error from server \(Forbidden\): /)
      expect(said).toContain(`${user} may not write the status of a ScheduledTask: only ${ROTA} does`)
    })

    test("is written by Rota's own account", async () => {
      expect(await change(ROTA, 'asked', patch, subresource)).toBe(ACCEPTED)
      expect(await get(cluster, 'st asked', namespace)).toMatchObject(patch)
    })
  })

  describe("Rota's own account", () => {
    const keep = 'example.org/keep'
    const wake = 'rota.dev/wake'

    beforeAll(async () => {
      // A real one: what has an owner that is gone is collected.
      await cluster.kubectl(['create', 'configmap', 'owner', '-n', namespace])
      const { metadata: of } = await get<{ metadata: { uid: string } }>(cluster, 'configmap owner', namespace)
      const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: of.uid }
      const metadata = { labels: { tier: 'night' }, finalizers: [keep], ownerReferences: [owner] }
      const { metadata: given, ...rest } = task('owned', { 'example.org/note': 'x' })
      await apply(cluster, [{ ...rest, metadata: { ...given, ...metadata } }], namespace)
    })
    // Else the namespace would never end.
    afterAll(() =>
      cluster.kubectl(['patch', 'st', 'owned', '-n', namespace, ...merge({ metadata: { finalizers: null } })]),
    )

    test.each<[string, object]>([
      ['the spec', { spec: { suspend: true } }],
      ['the account', { spec: { serviceAccountName: 'rota' } }],
      ['a label', { metadata: { labels: { tier: 'day' } } }],
      ['the labels away', { metadata: { labels: null } }],
      ['an annotation', annotating({ 'example.org/note': 'y' })],
      ['a request', annotating({ 'rota.dev/cancel': NEW })],
      ['the annotations away', { metadata: { annotations: null } }],
      ['the owners away', { metadata: { ownerReferences: null } }],
      ['another finalizer', { metadata: { finalizers: [keep, 'example.org/more'] } }],
      ['a finalizer of somebody else away', { metadata: { finalizers: null } }],
      ['the finalizer of somebody else for its own', { metadata: { finalizers: [wake] } }],
      ['its finalizer, and a label beside it', { metadata: { finalizers: [keep, wake], labels: { tier: 'day' } } }],
    ])('may not patch %s', async (_, patch) => {
      const said = await change(ROTA, 'owned', patch)
      expect(said).toMatch(/^Error from server \(Forbidden\): /)
      expect(said).toContain("Rota's own account changes nothing of a ScheduledTask but its finalizer rota.dev/wake")
    })

    test.each([
      ['a task without any', 'plain', []],
      ['a task that has another', 'owned', [keep]],
    ])('may add and remove its finalizer: %s', async (_, name, others) => {
      for (const finalizers of [[...others, wake], others]) {
        expect(await change(ROTA, name, { metadata: { finalizers } })).toBe(ACCEPTED)
        const { metadata } = await get<Finalized>(cluster, `st ${name}`, namespace)
        expect(metadata.finalizers ?? []).toEqual(finalizers)
      }
    })

    test('may remove its finalizer from a task that is being deleted', async () => {
      const { metadata, ...rest } = task('dying')
      expect(await create('bob', { ...rest, metadata: { ...metadata, finalizers: [wake] } })).toBe(ACCEPTED)
      expect(await ask('alice', ['delete', 'st', 'dying', '--wait=false'])).toBe(ACCEPTED)
      expect(await change(ROTA, 'dying', { metadata: { finalizers: [] } })).toBe(ACCEPTED)
      expect(await ask('alice', ['get', 'st', 'dying'])).toContain('not found')
    })
  })

  function refusal(user: string, account: string): string {
    const needs = 'needs the verb use or impersonate on that serviceaccount (the edit role has impersonate)'
    return `${user} may not schedule work as ServiceAccount ${namespace}/${account}: ${needs}`
  }

  function create(user: string, object: object): Promise<string> {
    return ask(user, ['create', '-f', '-'], JSON.stringify(object))
  }

  function change(user: string, name: string, patch: object, ...flags: string[]): Promise<string> {
    return ask(user, ['patch', 'st', name, ...merge(patch), ...flags])
  }

  /** What kubectl says when it is refused. */
  async function ask(user: string, args: readonly string[], input = ''): Promise<string> {
    const { code, stderr } = await cluster.tryKubectl([...args, `--as=${user}`, '-n', namespace], { input })
    return code === 0 ? ACCEPTED : stderr
  }

  async function grant(name: string, users: readonly string[], rule: object): Promise<void> {
    const apiGroup = 'rbac.authorization.k8s.io'
    const role = { apiVersion: `${apiGroup}/v1`, kind: 'Role', metadata: { name }, rules: [rule] }
    const subjects = users.map(user => ({ apiGroup, kind: 'User', name: user }))
    const roleRef = { apiGroup, kind: 'Role', name }
    const binding = { apiVersion: `${apiGroup}/v1`, kind: 'RoleBinding', metadata: { name }, roleRef, subjects }
    await apply(cluster, [role, binding], namespace)
  }
})

interface Finalized {
  readonly metadata: { readonly finalizers?: readonly string[] }
}

function task(name: string, annotations: object = {}, serviceAccountName = 'sleeper') {
  const spec = { serviceAccountName, operation: { wake: {} } }
  return { apiVersion: 'rota.dev/v1alpha1', kind: 'ScheduledTask', metadata: { name, annotations }, spec }
}

/** Everything at once that needs a right on the account. */
function asking(value: string | null): Readonly<Record<string, string | null>> {
  return Object.fromEntries(ASKED.map(name => [name, value]))
}

function annotating(annotations: Readonly<Record<string, string | null>>): object {
  return { metadata: { annotations } }
}

function merge(patch: object): readonly string[] {
  return ['--type=merge', '-p', JSON.stringify(patch)]
}

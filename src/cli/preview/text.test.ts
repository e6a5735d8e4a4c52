import { describe, expect, it } from 'vitest'
import { at } from '../../../test/builders/task.ts'
import type { Change, Preview, RunAhead } from './model.ts'
import { asText } from './text.ts'

const change = (name: string, namespace = 'team-a', kind = 'Deployment'): Change => ({
  kind,
  namespace,
  name,
  action: 'Patch',
  says: `${kind}/${name}: replicas 3 → 0`,
  manifest: null,
})

function runOf(changes: Partial<RunAhead> = {}): RunAhead {
  return {
    operation: 'sleep',
    verdict: 'WouldSucceed',
    refused: null,
    dryRun: false,
    namespaces: ['team-a'],
    changes: [change('web')],
    already: 0,
    left: [],
    awaits: null,
    limits: { affected: 1, total: 3, objects: null, percent: null },
    asleep: null,
    failures: [],
    unseen: [],
    rights: { account: 'team-a/rota', missing: [], unchecked: 0, needed: 2 },
    ...changes,
  }
}

function text(run: Partial<RunAhead> = {}, changes: Partial<Preview> = {}): string {
  const preview: Preview = {
    task: 'team-a/nights-off',
    title: null,
    file: null,
    isInCluster: true,
    state: [{ reason: 'OnRequest', message: 'no schedule' }],
    timeZone: 'Europe/Berlin',
    nextRuns: [],
    plusJitterSeconds: null,
    seenAs: 'Caller',
    runs: [runOf(run)],
    ...changes,
  }
  return asText(preview, at('2026-01-05T12:00:00Z'), (_, words) => words)
}

describe('a preview for people', () => {
  it('has what is to come, what would change, what not and why, and the rights', () => {
    const time = '2026-01-05T19:00:00Z'
    const nextRuns = [{ operation: 'sleep', time, local: '2026-01-05T20:00:00+01:00' }] as const
    const run: Partial<RunAhead> = {
      already: 2,
      left: [
        { kind: 'Deployment', namespace: 'team-a', name: 'api', reason: 'Owned', message: 'owned by Rollout/api' },
      ],
      limits: { affected: 1, total: 4, objects: 10, percent: 50 },
      asleep: { workloads: 1, cpuMillicores: 1500, memoryBytes: 2 ** 31 },
    }
    expect(
      text(run, { title: 'Nights off', file: 'a.yaml:1', isInCluster: false, nextRuns, plusJitterSeconds: 60 }),
    ).toBe(
      `team-a/nights-off   Nights off   a.yaml:1, not in the cluster yet
  state      no schedule

  NEXT    DAY   EUROPE/BERLIN               WHEN
  sleep   Mon   2026-01-05T20:00:00+01:00   in 7 h
  each up to 60 s later: spec.jitterSeconds

sleep now would change 1 object in team-a (seen with your own rights)
    Deployment/web: replicas 3 → 0
  already so 2 objects
  left out   Deployment/api: owned by Rollout/api
  saves      1.5 cores and 2.0 GiB of requests by 1 workload
  limits     1 of 4 objects would be changed; spec.maxAffected.objects is 10 and spec.maxAffected.percent is 50
  rights     ServiceAccount team-a/rota has all that it takes
`,
    )
  })

  it('says which namespace where there are several', () => {
    const changes = [change('web'), change('web', 'team-b'), change('team-b', 'team-b', 'Namespace')]
    expect(text({ namespaces: ['team-a', 'team-b'], changes })).toContain(
      `sleep now would change 3 objects in 2 namespaces (seen with your own rights)
    team-a/Deployment/web: replicas 3 → 0
    team-b/Deployment/web: replicas 3 → 0
    Namespace/team-b: replicas 3 → 0
  where      team-a, team-b
`,
    )
  })

  it('says that labels mean no namespace, but not of a run that nobody has looked at', () => {
    expect(text({ namespaces: [], changes: [] })).toContain(
      'would change nothing (seen with your own rights)\n  where      no namespace\n',
    )
    const stalled = { namespaces: [], changes: [], refused: { reason: 'InvalidSchedule', message: 'no such hour' } }
    expect(text(stalled)).toContain(
      'would fail at once (seen with your own rights)\n  refused    no such hour (InvalidSchedule)\n',
    )
  })

  it('lists 50 of each kind, and counts the others', () => {
    const many = Array.from({ length: 1200 }, (_, index) => change(`web-${index}`))
    const lines = text({ changes: [...many, change('db', 'team-a', 'StatefulSet')] }).split('\n')
    expect(lines.filter(line => line.includes('Deployment/web-'))).toHaveLength(50)
    expect(lines).toContain('    … and 1,150 more Deployments; -o json lists all')
    expect(lines).toContain('    StatefulSet/db: replicas 3 → 0')
  })

  it('shows a Job that would be created', () => {
    const job = {
      ...change('backup', 'team-a', 'Job'),
      says: 'Job/backup: created',
      manifest: { kind: 'Job', spec: { a: 1 } },
    }
    expect(text({ changes: [job], awaits: 'Job/backup has begun' })).toContain(
      '    Job/backup: created\n      kind: Job\n      spec:\n        a: 1\n  then       Job/backup has begun\n',
    )
  })

  it.each<[string, Partial<RunAhead>, string]>([
    ['that nothing is to be done', { changes: [] }, 'would change nothing (seen'],
    ['that it only tries', { dryRun: true }, 'would change 1 object in team-a, and only try that (spec.dryRun)'],
    [
      'what it would come to without what keeps it from beginning',
      { verdict: 'WouldFail', refused: { reason: 'TooManyAffected', message: 'too many' } },
      'would fail at once; else it would change 1 object in team-a (seen with your own rights)\n    Deployment/web: replicas 3 → 0\n  refused    too many (TooManyAffected)\n',
    ],
    [
      'what cannot work',
      { verdict: 'WouldFail', failures: [{ reason: 'Gone', message: 'no such object', object: null, remedy: null }] },
      'would fail, and change 1 object in team-a (seen with your own rights)\n    Deployment/web: replicas 3 → 0\n  fails by   no such object\n',
    ],
    [
      'what is not seen',
      { verdict: 'Unknown', unseen: ['you may not list pods'] },
      'would change 1 object in team-a, as far as you may see (seen with your own rights)\n    Deployment/web: replicas 3 → 0\n  not seen   you may not list pods\n',
    ],
  ])('says %s', (_, run, words) => {
    expect(text(run)).toContain(`sleep now ${words}`)
  })

  it('tells what one line grants in one, and the line once', () => {
    const remedy = 'kubectl create rolebinding a'
    const missing = ['list', 'patch'].map(verb => ({ verb, resource: 'deployments.apps', namespace: 'team-a', remedy }))
    const failures = [{ reason: 'Forbidden', message: 'may not list', object: null, remedy }]
    const lines = text({ failures, rights: { account: 'team-a/rota', missing, unchecked: 0, needed: 2 } })
    expect(lines).toContain(
      `  fails by   may not list
  rights     ServiceAccount team-a/rota may not list and patch deployments.apps in namespace team-a; to allow it:
               kubectl create rolebinding a
`,
    )
  })

  it('tells apart what is missing of each kind', () => {
    const of = (verb: string, resource: string) => ({ verb, resource, namespace: 'team-a', remedy: 'kubectl create a' })
    const missing = [of('get', 'jobs.batch'), of('create', 'jobs.batch'), of('list', 'pods'), of('get', 'pods/log')]
    const answer = text({ verdict: 'WouldFail', rights: { account: 'team-a/rota', missing, unchecked: 0, needed: 4 } })
    expect(answer).toContain('sleep now would fail for want of rights; else it would change 1 object in team-a (')
    expect(answer).toContain('may not get and create jobs.batch, list pods and get pods/log in namespace team-a; to')
  })

  it('names a namespace that is the thing itself', () => {
    const missing = [{ verb: 'delete', resource: 'namespaces', namespace: 'old', remedy: 'kubectl create a' }]
    const answer = text({ rights: { account: 'team-a/rota', missing, unchecked: 0, needed: 1 } })
    expect(answer).toContain('ServiceAccount team-a/rota may not delete namespace old; to allow it:')
  })

  it.each([
    [2, 'what it takes'],
    [1, '1 of 2 rights'],
  ])('says when %i of 2 rights could not be asked for', (unchecked, what) => {
    expect(text({ rights: { account: 'team-a/rota', missing: [], unchecked, needed: 2 } })).toContain(
      `  rights     not checked whether ServiceAccount team-a/rota has ${what}: you may neither act as it nor ask about it\n`,
    )
  })
})

import { describe, expect, it } from 'vitest'
import { nightly, task } from '../../test/builders/task.ts'
import type { Spec } from '../api/task.ts'
import { command } from './command.ts'

const of = (spec: Partial<Spec>) => {
  const read = task({ spec })
  return command(read, read.operation, [])
}
const kinds = ['Deployment', 'StatefulSet'] as const

describe('what a run does, in plain words', () => {
  it.each<[Partial<Spec>, string]>([
    [nightly(), 'sleep namespace/team-a'],
    [{ ...nightly(), target: { namespaces: ['a', 'b'] } }, 'sleep namespace/a,b'],
    [{ operation: { wake: { kinds: [] } } }, 'wake namespace/team-a'],
    [{ operation: { restart: { kinds } } }, 'restart deployment,statefulset in namespace/team-a'],
    [
      { operation: { scale: { kinds: ['Deployment'], names: ['web', 'api'], replicas: 3 } } },
      'scale deployment/web,api --replicas=3 in namespace/team-a',
    ],
    [
      {
        operation: {
          restart: {
            kinds: ['Deployment'],
            selector: {
              matchLabels: { tier: 'front' },
              matchExpressions: [
                { key: 'app', operator: 'In', values: ['web', 'api'] },
                { key: 'keep', operator: 'DoesNotExist' },
                { key: 'team', operator: 'Exists' },
              ],
            },
          },
        },
      },
      'restart deployment -l tier=front,app in (web,api),!keep,team in namespace/team-a',
    ],
    [
      { operation: { cleanup: { kinds: ['ConfigMap'], selector: { matchLabels: { app: 'report' } } } } },
      'delete configmap -l app=report in namespace/team-a',
    ],
    [
      {
        operation: {
          cleanup: { kinds: ['Job'], phases: ['Succeeded', 'Failed'], olderThanSeconds: 60, keepNewest: 3 },
        },
      },
      'delete job of phase Succeeded,Failed, older than 60 s, but for the newest 3 in namespace/team-a',
    ],
    [{ operation: { deleteNamespace: { confirm: ['old'] } }, target: { namespaces: ['old'] } }, 'delete namespace/old'],
  ])('%j: %s', (spec, words) => {
    expect(of(spec)).toBe(words)
  })
})

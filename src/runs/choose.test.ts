import { describe, expect, it } from 'vitest'
import { item } from '../../test/builders/items.ts'
import { MemoryTargets } from '../../test/builders/targets.ts'
import { sleepSpec, task } from '../../test/builders/task.ts'
import { NAMESPACE } from '../api/kinds.ts'
import { type Chosen, chooseNamespaces } from './choose.ts'

const labels = { stage: 'test' }
const names = (n: number, prefix: string) =>
  Array.from({ length: n }, (_, at) => `${prefix}-${String(at).padStart(2, '0')}`)
const sleeper = (asleep: readonly string[] = []) =>
  task({
    spec: { operation: { sleep: sleepSpec() }, target: { namespaceSelector: { matchLabels: labels } } },
    ...(asleep.length > 0 && {
      status: { sleeping: { since: '2026-01-05T00:00:00Z', namespaces: [...asleep], workloads: 1 } },
    }),
  })

async function chosenFrom(namespaces: readonly string[], of = sleeper()): Promise<Chosen> {
  const items = namespaces.map(name => item(NAMESPACE, { name, namespace: name, labels }))
  const targets = new MemoryTargets(items)
  const calls = targets.as(
    { namespace: 'team-a', name: 'rota' },
    { remedy: () => '', permission: () => '' },
    new AbortController().signal,
  )
  return chooseNamespaces(of, calls, 'rota-system')
}

describe('the namespaces that labels mean', () => {
  it('are those of the account’s list, in order, but for the system and Rota itself', async () => {
    const left = ['kube-system', 'rota-system'].map(name => ({
      target: { kind: NAMESPACE, namespace: name, name },
      reason: 'ProtectedNamespace',
      message: 'is protected',
    }))
    expect(await chosenFrom(['kube-system', 'b', 'rota-system', 'a'])).toEqual({ namespaces: ['a', 'b'], left })
  })

  it.each([
    ['50', names(50, 'new'), [], undefined],
    [
      '51',
      names(51, 'new'),
      [],
      'spec.target.namespaceSelector chooses 51 namespaces, and 50 is the most: make it narrower',
    ],
    ['50 besides 50 where something sleeps', names(50, 'new'), names(50, 'old'), undefined],
    [
      '50 besides 51 where something sleeps',
      names(50, 'new'),
      names(51, 'old'),
      'spec.target.namespaceSelector chooses 50 namespaces, and in 51 others something still sleeps by this task: wake it first (rota.dev/wake)',
    ],
    ['50 of the 60 where something sleeps', names(50, 'old'), names(60, 'old'), undefined],
  ])('are as many as a status holds: %s', async (_, found, asleep, message) => {
    const chosen = await chosenFrom(found, sleeper(asleep))
    if (message === undefined) expect(chosen).toMatchObject({ namespaces: found })
    else expect(chosen).toEqual({ fault: { class: 'Invalid', reason: 'TooManyNamespaces', message } })
  })
})

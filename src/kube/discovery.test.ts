import { describe, expect, it } from 'vitest'
import { FaultError } from '../api/fault.ts'
import { MINUTE } from '../lib/instant.ts'
import { discoveryOf } from './discovery.ts'

const rollouts = { name: 'rollouts', kind: 'Rollout', namespaced: true }
const scale = { name: 'rollouts/scale', kind: 'Scale', namespaced: true }
const argo = {
  name: 'argoproj.io',
  versions: [{ version: 'v1beta1' }, { version: 'v1alpha1' }],
  preferredVersion: { version: 'v1alpha1' },
}
const found = { kind: 'Rollout', group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts', scale: true }

/** A cluster that answers by path, and what it was asked for. */
function cluster(answers: Record<string, unknown>) {
  const asked: string[] = []
  let now = 0
  const request = async <T>({ path }: { readonly path: string }): Promise<T> => {
    asked.push(path)
    const answer = answers[path]
    if (answer instanceof FaultError) throw answer
    if (answer === undefined) throw new FaultError({ class: 'Transient', reason: 'NotFound', message: 'not served' })
    return answer as T
  }
  const discovery = discoveryOf({ request }, { monotonic: () => now })
  const pass = (milliseconds: number) => {
    now += milliseconds
  }
  return { asked, answers, discovery, pass }
}
const withArgo = () =>
  cluster({
    '/apis': { groups: [argo] },
    '/apis/argoproj.io/v1alpha1': { resources: [rollouts, scale] },
    '/apis/argoproj.io/v1beta1': { resources: [rollouts] },
  })

describe('which kinds the cluster has', () => {
  it('is asked once for what it has, for ten minutes', async () => {
    const { asked, discovery, pass } = withArgo()
    expect(await discovery.find('argoproj.io', 'Rollout')).toEqual(found)
    pass(10 * MINUTE - 1)
    expect(await discovery.find('argoproj.io', 'Rollout')).toEqual(found)
    expect(asked).toEqual(['/apis', '/apis/argoproj.io/v1alpha1'])
    pass(1)
    await discovery.find('argoproj.io', 'Rollout')
    expect(asked).toHaveLength(4)
  })

  it('is asked once a minute for what it has not, however many groups authors write, and what comes is noticed', async () => {
    const { asked, answers, discovery, pass } = cluster({ '/apis': { groups: [] } })
    for (let n = 0; n < 1000; n++) expect(await discovery.find(`group-${n}.example`, 'Rollout')).toBeUndefined()
    expect(asked).toEqual(['/apis'])
    Object.assign(answers, withArgo().answers)
    expect(await discovery.find('argoproj.io', 'Rollout')).toBeUndefined()
    pass(MINUTE)
    expect(await discovery.find('argoproj.io', 'Rollout')).toEqual(found)
    expect(asked).toEqual(['/apis', '/apis', '/apis/argoproj.io/v1alpha1'])
  })

  it('is asked for one version where only that will do, if the group has it', async () => {
    const { asked, discovery } = withArgo()
    const { scale: _, ...beta } = { ...found, version: 'v1beta1' }
    expect(await discovery.find('argoproj.io', 'Rollout', 'v1beta1')).toEqual(beta)
    expect(await discovery.find('argoproj.io', 'Rollout', 'v7')).toBeUndefined()
    expect(asked).toEqual(['/apis', '/apis/argoproj.io/v1beta1'])
  })

  it('is asked again at once when what was remembered was wrong, and after a failure', async () => {
    const { answers, asked, discovery } = withArgo()
    await discovery.find('argoproj.io', 'Rollout')
    discovery.forget()
    const failure = new FaultError({ class: 'Transient', reason: 'ServerError', message: 'failed' })
    answers['/apis/argoproj.io/v1alpha1'] = failure
    await expect(discovery.find('argoproj.io', 'Rollout')).rejects.toThrow(failure)
    answers['/apis/argoproj.io/v1alpha1'] = { resources: [rollouts, scale] }
    expect(await discovery.find('argoproj.io', 'Rollout')).toEqual(found)
    expect(asked.filter(path => path === '/apis')).toHaveLength(2)
  })
})

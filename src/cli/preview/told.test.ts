import { describe, expect, it } from 'vitest'
import { deployment } from '../../../test/builders/items.ts'
import { faultOf } from '../../../test/builders/targets.ts'
import { JOB } from '../../api/kinds.ts'
import type { Action } from '../../operations/contract.ts'
import { NOTHING } from '../../operations/contract.ts'
import { targetOf } from '../../operations/shared/items.ts'
import type { Rights } from './model.ts'
import { type Glimpse, told } from './told.ts'

const target = targetOf(deployment(3))
const patch: Action = { do: 'Patch', target, version: '1', body: {}, says: 'Deployment/web: replicas 3 → 0' }
const rights: Rights = { account: 'team-a/rota', missing: [], unchecked: 0, needed: 2 }
const missing = { verb: 'patch', resource: 'deployments.apps', namespace: 'team-a', remedy: 'kubectl create a' }
const hidden = faultOf('Refused', { reason: 'Forbidden', message: 'you may not list a' })

function glimpse(changes: Partial<Glimpse> = {}): Glimpse {
  return {
    operation: 'sleep',
    dryRun: false,
    namespaces: ['team-a'],
    ahead: { plan: { ...NOTHING, actions: [patch] }, limits: {}, affected: 1, total: 2, refused: undefined },
    left: [],
    against: [],
    faults: [],
    hidden: [],
    rights,
    asCaller: true,
    ...changes,
  }
}
const ahead = (changes: Partial<Glimpse['ahead']>) => ({ ahead: { ...glimpse().ahead, ...changes } })

describe('a run that has not begun', () => {
  it.each<[string, string, Partial<Glimpse>]>([
    ['WouldSucceed', 'nothing stands against it', {}],
    ['WouldSucceed', 'the rights of the account could not be asked for', { rights: { ...rights, unchecked: 2 } }],
    ['WouldFail', 'a right is missing', { rights: { ...rights, missing: [missing] } }],
    ['WouldFail', 'a part of it cannot work', { faults: [faultOf('Gone')] }],
    ['WouldFail', 'its plan says so', ahead({ plan: { ...NOTHING, faults: [faultOf('Invalid')] } })],
    ['WouldFail', 'it is too much', ahead({ refused: 'would change 3 objects' })],
    ['WouldFail', 'it may not begin', { against: [faultOf('Refused')] }],
    ['Unknown', 'something is hidden from the caller', { faults: [hidden] }],
    [
      'Unknown',
      'the account is hidden from the caller, whoever looks at the rest',
      { hidden: [hidden], asCaller: false },
    ],
    ['WouldFail', 'something is refused to the account', { faults: [hidden], asCaller: false }],
  ])('%s: %s', (verdict, _, changes) => {
    expect(told(glimpse(changes)).verdict).toBe(verdict)
  })

  it('tells each thing that is hidden once, and apart from what it fails by', () => {
    const { unseen, failures } = told(glimpse({ hidden: [hidden], faults: [hidden, faultOf('Gone', { target })] }))
    expect(unseen).toEqual(['you may not list a'])
    const object = { kind: 'Deployment', namespace: 'team-a', name: 'web' }
    expect(failures).toEqual([{ reason: 'Gone', message: 'gone', object, remedy: null }])
  })

  it('keeps what it would change when it may not begin', () => {
    const against = [faultOf('Gone'), faultOf('Refused')]
    const { refused, changes, failures } = told(glimpse({ against, faults: [faultOf('Gone')] }))
    expect(refused).toEqual({ reason: 'Gone', message: 'gone; refused' })
    expect([changes.length, failures]).toEqual([1, []])
  })

  it('shows the Job that it would create, and of other changes what they say', () => {
    const job: Action = {
      do: 'Create',
      target: { ...target, kind: JOB },
      body: { kind: 'Job' },
      says: 'Job/web: created',
    }
    const json: Action = { do: 'JsonPatch', target, version: '1', operations: [], says: 'Deployment/web: changed' }
    const { changes } = told(glimpse(ahead({ plan: { ...NOTHING, actions: [patch, json, job] } })))
    expect(changes.map(({ kind, action, manifest }) => [kind, action, manifest])).toEqual([
      ['Deployment', 'Patch', null],
      ['Deployment', 'Patch', null],
      ['Job', 'Create', { kind: 'Job' }],
    ])
  })
})

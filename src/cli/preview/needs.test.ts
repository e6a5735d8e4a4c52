import { describe, expect, it } from 'vitest'
import { DEPLOYMENT, NAMESPACE } from '../../api/kinds.ts'
import { rightsOn } from '../../operations/shared/kinds.ts'
import { needsOf, type Where } from './needs.ts'

const where: Where = { namespaces: ['team-a', 'new'], absent: [], byLabel: false }
const patch = rightsOn([DEPLOYMENT], ['patch'])
const of = (rights: typeof patch, changes: Partial<Where> = {}) => needsOf(rights, { ...where, ...changes })

describe('the rights that a run takes', () => {
  it('are asked for in each of its namespaces, and granted there', () => {
    const question = { verb: 'patch', group: 'apps', resource: 'deployments' }
    const missing = { verb: 'patch', resource: 'deployments.apps' }
    expect(of(patch)).toEqual(
      ['team-a', 'new'].map(namespace => ({
        question: { ...question, namespace },
        missing: { ...missing, namespace },
      })),
    )
  })

  it('are granted in the whole cluster where the namespace is yet to be made', () => {
    const places = of(patch, { absent: ['new'] }).map(({ missing, question }) => [
      question.namespace,
      missing.namespace,
    ])
    expect(places).toEqual([
      ['team-a', 'team-a'],
      ['new', undefined],
    ])
  })

  it('on a namespace itself are rights of the cluster, by its name', () => {
    expect(of(rightsOn([NAMESPACE], ['delete']), { namespaces: ['old'] })).toEqual([
      {
        question: { verb: 'delete', group: '', resource: 'namespaces', name: 'old' },
        missing: { verb: 'delete', resource: 'namespaces', namespace: 'old' },
      },
    ])
  })

  it('to choose namespaces by label come first, also when none was found', () => {
    const list = { verb: 'list', resource: 'namespaces' }
    expect(of(patch, { namespaces: [], byLabel: true })).toEqual([{ question: { ...list, group: '' }, missing: list }])
  })
})

import { expect, it } from 'vitest'
import { task } from '../../test/builders/task.ts'
import { Choices } from './choices.ts'

it('the namespaces that labels mean are known for one run of one version of the spec', () => {
  const choices = new Choices()
  const of = task()
  choices.keep(of, 'run-1', { namespaces: ['a'], left: [] })
  expect(choices.namespaces(of, 'run-1')).toEqual(['a'])
  expect(choices.namespaces(of, 'run-2')).toBeUndefined()
  expect(choices.namespaces({ ...of, generation: 2 }, 'run-1')).toBeUndefined()
})

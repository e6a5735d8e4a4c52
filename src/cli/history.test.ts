import { expect, it } from 'vitest'
import { oneLine } from './history.ts'

it.each([
  ['a change', { operation: 'sleep', output: 'Deployment/web: replicas 3 → 0' }, 'Deployment/web: replicas 3 → 0'],
  ['several, by the first', { operation: 'sleep', output: 'a\nb\nc' }, 'a; 2 more'],
  ['the log of a Job, by its end', { operation: 'job', output: '…\ncopying\ndone' }, 'done; 2 before it'],
  [
    'the error of a Job, by its beginning',
    { operation: 'job', error: 'exit code 3\nmore', output: 'log' },
    'exit code 3; 1 more',
  ],
  ['slots', { operation: 'sleep', error: 'the operator was away', count: 3 }, '3 slots: the operator was away'],
  ['nothing', { operation: 'restart' }, ''],
] as const)('one line tells of %s', (_, entry, line) => {
  expect(oneLine(entry)).toBe(line)
})

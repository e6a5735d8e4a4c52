import { expect, test } from 'vitest'
import { aligned, fitted } from './table.ts'

test('columns are as wide as their widest cell', () => {
  expect(
    aligned([
      ['a', 'bb', 'c'],
      ['aaa', 'b', ''],
    ]),
  ).toEqual(['a    bb  c', 'aaa  b'])
})

const KUBECTL = `NAMESPACE   NAME         SCHEDULE      PHASE       LAST RUN   RESULT   RUNS   AGE
team-a      nights-off   */2 * * * *   Scheduled   9s                  1      60s
`

test('a table of kubectl keeps its columns where there is room, also empty cells', () => {
  expect(fitted(KUBECTL, 80)).toEqual([
    'NAMESPACE  NAME        SCHEDULE     PHASE      LAST RUN  RESULT  RUNS  AGE',
    'team-a     nights-off  */2 * * * *  Scheduled  9s                1     60s',
  ])
})

test('what can be spared goes first where there is not', () => {
  expect(fitted(KUBECTL, 65)).toEqual([
    'NAMESPACE  NAME        SCHEDULE     PHASE      RESULT  RUNS',
    'team-a     nights-off  */2 * * * *  Scheduled          1',
  ])
})

test('no tasks, no table', () => {
  expect(fitted('', 80)).toEqual([''])
})

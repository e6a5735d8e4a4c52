import { expect, it } from 'vitest'
import { partsOf } from './message-parts.ts'

const list = (resource: string) => `ServiceAccount a/rota may not list ${resource} in namespace a`
const BIND = 'kubectl create rolebinding rota-sleep -n a --clusterrole=rota:sleep --serviceaccount=a:rota'

it.each<[string, string, readonly string[]]>([
  ['plain words', 'slept 3 Deployments; verified', ['slept 3 Deployments; verified']],
  ['a command at the end', `${list('pods')}; to allow it: ${BIND}`, [`${list('pods')}; to allow it:`, `$ ${BIND}`]],
  [
    'one on a line of its own',
    `${list('pods')}; to allow it:\n${BIND}`,
    [`${list('pods')}; to allow it:`, `$ ${BIND}`],
  ],
  [
    'several rights',
    `${list('pods')}; ${list('jobs.batch')}; to allow it: ${BIND}`,
    [list('pods'), `${list('jobs.batch')}; to allow it:`, `$ ${BIND}`],
  ],
  ['words after a command', `first ${BIND}; then wait`, ['first', `$ ${BIND}`, 'then wait']],
  ['two commands in one', `do: ${BIND} && ${BIND}`, ['do:', `$ ${BIND} && ${BIND}`]],
  ['words about kubectl', 'as kubectl-rota does', ['as kubectl-rota does']],
  ['nothing', '\n\n', []],
])('%s', (_, message, told) => {
  expect(partsOf(message).map(({ is, text }) => (is === 'Command' ? `$ ${text}` : text))).toEqual(told)
})

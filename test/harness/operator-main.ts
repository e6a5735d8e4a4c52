import { type OperatorOptions, startOperator } from './operator.ts'

/** The child of `spawnOperator`: compose with a shifted clock, facts to the parent, ends with it. */
const operator = await startOperator(JSON.parse(process.argv[2] ?? '{}') as OperatorOptions)
const tell = (message: object | string) => process.connected && process.send?.(message)

// On its way a message may have got old.
process.on('message', message => {
  operator.clock.jumpTo(Math.max((message as { jumpTo: number }).jumpTo, operator.clock.now()))
})
process.on('disconnect', () => process.exit(1))
process.on('SIGTERM', () => void operator.stop().then(() => process.exit(0)))
for (const fact of operator.facts) tell(fact)
operator.facts.push = (...facts) => {
  for (const fact of facts) tell(fact)
  return 0
}
tell('started')

/** A bug that is put into the source, and the tests under which the checker, not they, has to find it, unless `by` says so. */
export interface Mutant {
  readonly name: string
  readonly file: string
  /** Text that stands in the file exactly once. */
  readonly from: string
  readonly to: string
  /** Test file, and which of its tests. */
  readonly under: readonly [file: string, tests: string]
  /** No write shows it: who waits for what is in no log. */
  readonly by?: 'Tests'
}

const RUNS = 'test/integration/runs.test.ts'
const ATTEMPTS = 'test/integration/attempts.test.ts'
const NIGHTS = 'test/integration/sleep-wake.test.ts'
const WHETHER = 'test/integration/whether.test.ts'
const PATCH = 'test/integration/patch.test.ts'
const CLEANUP = 'test/integration/cleanup.test.ts'
const TARGETS = 'test/integration/targets.test.ts'
const KILL = 'test/faults/kill.test.ts'
const LEADERS = 'test/faults/leaders.test.ts'
const LINE = 'test/integration/namespace-line.test.ts'
const LABELS = 'test/integration/namespace-selector.test.ts'

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'no claim: works before the claim is written',
    file: 'src/controller/run-task.ts',
    from: '  if (!(await taken(parts, task, decision))) return\n',
    to: `  const early = { ...task, status: { ...task.status, activeRun: { ...decision.run, slotTime: new Date(decision.run.slotTime).toISOString(), startTime: new Date().toISOString(), attempt: 1, owner: parts.owner, specKey: '' } } }
  if (decision.do === 'Start') await attempted(parts, early as never, hand, 60)
  if (!(await taken(parts, task, decision))) return
`,
    under: [RUNS, 'basic execution'],
  },
  {
    name: 'no owner: who takes up a run does not say so',
    file: 'src/decide/fold.ts',
    from: 'owner: event.owner, resumed: (status.activeRun.resumed ?? 0) + 1',
    to: 'owner: event.owner',
    under: [KILL, 'in mid-sleep'],
  },
  {
    name: 'now instead of the slot: the run',
    file: 'src/decide/rules/due.ts',
    from: '    slotTime: at,\n',
    to: '    slotTime: now,\n',
    under: [NIGHTS, 'an outage'],
  },
  {
    name: 'now instead of the slot: what a restart stamps',
    file: 'src/operations/restart/restart.ts',
    from: 'rfc3339(run.slotTime)',
    to: 'new Date(run.slotTime + 7000).toISOString()',
    under: [RUNS, 'basic execution'],
  },
  {
    name: 'no precondition on the objects that are changed',
    file: 'src/kube/target-request.ts',
    from: 'body: withVersion(action.body, action.version) }\n    case',
    to: 'body: action.body }\n    case',
    under: [RUNS, 'basic execution'],
  },
  {
    name: 'double count: a claim counts twice',
    file: 'src/decide/fold.ts',
    from: 'runCount: (status.runCount ?? 0) + 1',
    to: 'runCount: (status.runCount ?? 0) + 2',
    under: [RUNS, 'basic execution'],
  },
  {
    name: 'a failure is not counted',
    file: 'src/decide/fold.ts',
    from: 'errorCount: (status.errorCount ?? 0) + 1',
    to: 'errorCount: status.errorCount ?? 0',
    under: [ATTEMPTS, 'names that do not exist'],
  },
  {
    name: 'missed slots are not counted',
    file: 'src/decide/fold.ts',
    from: '(status.missedCount ?? 0) + event.count',
    to: '(status.missedCount ?? 0) + 1 + event.count',
    under: [WHETHER, 'past its deadline'],
  },
  {
    name: 'the history grows without end',
    file: 'src/decide/fold.ts',
    from: 'history.slice(0, historyLimit)',
    to: 'history.slice(0, 20)',
    under: [RUNS, 'cleanup of finished runs'],
  },
  {
    name: 'the newest record is the last one',
    file: 'src/decide/fold.ts',
    from: '    lastMessage: cut(end.message, TEXT_LIMIT),\n    history: [entry, ...(status.history ?? [])],',
    to: '    lastMessage: cut(end.message, TEXT_LIMIT),\n    history: [...(status.history ?? []), entry],',
    under: [RUNS, 'a request runs once'],
  },
  {
    name: 'a run ends without a record',
    file: 'src/decide/fold.ts',
    from: '    lastMessage: cut(end.message, TEXT_LIMIT),\n    history: [entry, ...(status.history ?? [])],',
    to: '    lastMessage: cut(end.message, TEXT_LIMIT),\n    history: status.history ?? [],',
    under: [RUNS, 'basic execution'],
  },
  {
    name: 'a slot runs once more after its record',
    file: 'src/decide/slots.ts',
    from: 'slot.due <= now && slot.at > settledUntil(task, now)',
    to: 'slot.due <= now && slot.at >= settledUntil(task, now) && slot.at > armedSince(task, now)',
    under: [RUNS, 'basic execution'],
  },
  {
    name: 'a slot fires early',
    file: 'src/decide/rules/due.ts',
    from: 'owedSlot(task, now, world)',
    to: 'owedSlot(task, now + 180_000, world)',
    under: [RUNS, 'basic execution'],
  },
  {
    name: 'sleep forgets what was there',
    file: 'src/operations/shared/items.ts',
    from: 'const annotations = { ...kept, ...change.annotations }',
    to: 'const annotations = { ...change.annotations }',
    under: [NIGHTS, 'a night'],
  },
  {
    name: 'the second sleep keeps the zero of the first',
    file: 'src/operations/sleep/step.ts',
    from: 'const from = before ? before.from : current',
    to: 'const from = current',
    under: [NIGHTS, 'two sleepers|sleep twice'],
  },
  {
    name: 'a wake forgets without putting back',
    file: 'src/operations/wake/wake.ts',
    from: 'patch(item, run, says, changeTo(state.from, item), forget)',
    to: 'patch(item, run, says, {}, forget)',
    under: [NIGHTS, 'a night'],
  },
  {
    name: "a wake overwrites others' edits",
    file: 'src/operations/wake/wake.ts',
    from: '  if (!isAsleep(item, state)) {\n',
    to: '  if (!isAsleep(item, state) && item.metadata.name === "nobody") {\n',
    under: [NIGHTS, 'edits win'],
  },
  {
    name: 'no mark of the run on what it has changed',
    file: 'src/operations/shared/items.ts',
    from: '{ ...metadata.annotations, [LAST_RUN_ANNOTATION]: run.id }',
    to: '{ ...metadata.annotations }',
    under: [RUNS, 'basic execution'],
  },
  {
    name: "as Rota instead of the task's account",
    file: 'src/kube/client.ts',
    from: "...(as && { 'impersonate-user'",
    to: "...(as && method === 'GET' && { 'impersonate-user'",
    under: [RUNS, 'basic execution'],
  },
  {
    name: 'two tasks on one namespace at the same time',
    file: 'src/controller/namespace-line.ts',
    from: 'if (holder !== undefined) return',
    to: "if (holder === '') return",
    under: [RUNS, 'one namespace after'],
  },
  {
    name: 'an attempt more than allowed',
    file: 'src/controller/run-task.ts',
    from: 'outcome.retry && attempt < effort.attempts',
    to: 'outcome.retry && attempt <= effort.attempts',
    under: [ATTEMPTS, 'timeout: an attempt'],
  },
  {
    name: 'no pause between attempts',
    file: 'src/decide/backoff.ts',
    from: 'Math.ceil(now + Math.max(',
    to: 'Math.ceil(now + 0 * Math.max(',
    under: [ATTEMPTS, 'retry: what can'],
  },
  {
    name: 'an edit fires for the past',
    file: 'src/decide/armed.ts',
    from: 'const since = known ?? (status.schedule ? now : created)',
    to: 'const since = known ?? created',
    under: [NIGHTS, 'unsuspending'],
  },
  {
    name: 'a pause that does not grow',
    file: 'src/decide/backoff.ts',
    from: '2 ** (attempt - 1)',
    to: '1',
    under: [ATTEMPTS, 'retry: what can'],
  },
  {
    name: 'a pause that is not waited for',
    file: 'src/decide/rules/resumed-run.ts',
    from: 'pausedUntil > now && pausedUntil <=',
    to: 'pausedUntil > now + 1e12 && pausedUntil <=',
    under: [ATTEMPTS, 'a Retry-After'],
  },
  {
    name: 'what cannot get better is tried again',
    file: 'src/execution/look-ahead.ts',
    from: "kind === 'Transient' || kind === 'Conflict'",
    to: "kind === 'Gone' || kind === 'Transient' || kind === 'Conflict'",
    under: [ATTEMPTS, 'names that do not exist'],
  },
  {
    name: 'an attempt without a deadline',
    file: 'src/controller/attempt-of.ts',
    from: '() => deadline.abort())',
    to: '() => undefined)',
    under: [ATTEMPTS, 'timeout: nothing is written'],
  },
  {
    name: 'each attempt of one process takes the run up',
    file: 'src/controller/run-task.ts',
    from: 'if (task.status.activeRun?.owner !== owner) return wrote(',
    to: 'return wrote(',
    under: [ATTEMPTS, 'retry: what can'],
  },
  {
    name: 'a cancel is answered, and the run goes on',
    file: 'src/decide/rules/cancelled-run.ts',
    from: "  return {\n    rule: 'cancelledRun',\n    do: 'Stop',",
    to: "  if (run.id !== '') return { rule: 'cancelledRun', do: 'Write', message: '', events: [{ event: 'Handled', cancel: token }] }\n  return {\n    rule: 'cancelledRun',\n    do: 'Stop',",
    under: [ATTEMPTS, 'cancel: ends'],
  },
  {
    name: 'an edit is seen, and the run goes on',
    file: 'src/decide/rules/edited-run.ts',
    from: 'run.specKey === specKey(task.spec)',
    to: 'run.specKey.length > 0',
    under: [ATTEMPTS, 'an edit of the operation'],
  },
  {
    name: 'a request is not noted as handled',
    file: 'src/decide/fold.ts',
    from: '    ...(run.request && { handled: { ...status.handled, [run.request.name]: run.request.token } }),\n',
    to: '',
    under: [RUNS, 'a request runs once'],
  },
  {
    name: "a wake ends everybody's sleep",
    file: 'src/operations/wake/wake.ts',
    from: "const others = spec.holders === 'All' ? []",
    to: "const others = spec.holders !== 'nobody' as string ? []",
    under: [NIGHTS, 'two sleepers'],
  },
  {
    name: 'asleep before its task has a finalizer',
    file: 'src/controller/run-task.ts',
    from: 'if (keeps && !task.finalizers.includes(WAKE_FINALIZER)) {',
    to: "if (keeps && task.finalizers.includes('nobody')) {",
    under: [NIGHTS, 'a night'],
  },
  {
    name: 'the mark of the run is not heeded',
    file: 'src/operations/shared/items.ts',
    from: '[LAST_RUN_ANNOTATION] === run.id',
    to: "[LAST_RUN_ANNOTATION] === 'nobody'",
    under: [PATCH, 'an operator that is stopped'],
  },
  {
    name: 'deletes whatever has the name by now',
    file: 'src/kube/target-request.ts',
    from: '    preconditions: { uid },\n',
    to: '',
    under: [CLEANUP, 'failed Pods go'],
  },
  {
    name: 'a write on a task that stands on no version',
    file: 'src/kube/tasks.ts',
    from: 'body: { metadata: { uid, resourceVersion, finalizers } }',
    to: 'body: { metadata: { uid, finalizers } }',
    under: [NIGHTS, 'a night'],
  },
  {
    name: 'idle writes: a condition that is new each time',
    file: 'src/decide/derived.ts',
    from: 'before?.status === condition.status ? before.lastTransitionTime : rfc3339(now)',
    to: 'new Date(now).toISOString()',
    under: [TARGETS, 'quiet when idle'],
  },
  {
    name: 'the generation that was seen lags behind',
    file: 'src/decide/derived.ts',
    from: '    observedGeneration: task.generation,\n    runCount',
    to: '    observedGeneration: task.status.observedGeneration ?? task.generation,\n    runCount',
    under: [ATTEMPTS, 'an edit of the operation'],
  },
  {
    name: 'a run is active, and the phase does not say so',
    file: 'src/decide/derived.ts',
    from: "  if (task.status.activeRun) return 'Running'\n",
    to: '',
    under: [RUNS, 'basic execution'],
  },
  {
    name: 'the last result is an older one',
    file: 'src/decide/fold.ts',
    from: '    lastResult: end.result,\n',
    to: "    lastResult: status.lastResult ?? 'Skipped',\n",
    under: [RUNS, 'basic execution'],
  },
  {
    name: 'a success forgets the failures',
    file: 'src/decide/fold.ts',
    from: "(run.reason === 'Request' || !isBroken(task)) && { consecutiveFailures: 0 }",
    to: "(run.reason === 'Request' || !isBroken(task)) && { consecutiveFailures: 0, errorCount: 0 }",
    under: [WHETHER, 'suspendAfterFailures'],
  },
  {
    name: 'deletes after a part of a list',
    file: 'src/operations/cleanup/cleanup.ts',
    from: '  if (faults.length > 0) return { ...NOTHING, faults }\n',
    to: '',
    under: [CLEANUP, 'a list whose rest is'],
  },
  {
    name: 'jitter reaches over the next slot',
    file: 'src/decide/jitter.ts',
    from: 'next === undefined ? Number.POSITIVE_INFINITY : next - slot - 1',
    to: 'next === undefined ? Number.POSITIVE_INFINITY : 3601 * SECOND',
    under: [WHETHER, 'jitter never reaches'],
  },
  {
    name: 'clocks that are set forward are not noticed',
    file: 'src/schedule/spans.ts',
    from: 'next = { from: at, offset: after,',
    to: 'next = { from: at, offset: Math.min(before, after),',
    under: [WHETHER, 'the clocks of its zone'],
  },
  {
    name: 'what comes twice when clocks are set back runs twice',
    file: 'src/schedule/spans.ts',
    from: "if (twice <= 0 || policy.repeatedTime === 'Both') return spans",
    to: 'if (twice !== 1) return spans',
    under: [WHETHER, 'the clocks of its zone'],
  },
  {
    name: 'a status of any size',
    file: 'src/decide/fitted.ts',
    from: 'excess < 0 || history.length === 0',
    to: 'excess < 1e6 || history.length === 0',
    under: [RUNS, 'a status stays small'],
  },
  {
    name: 'a later run overtakes one that waits for two namespaces',
    file: 'src/controller/namespace-line.ts',
    from: 'if (first && first !== one) return',
    to: 'if (first && first === undefined) return',
    under: [LINE, 'where its account may change'],
    by: 'Tests',
  },
  {
    name: 'who goes on with a run asks again which namespaces it has',
    file: 'src/controller/attempt-of.ts',
    from: '  const context = contextOf(parts, task, run, timeoutSeconds)\n',
    to: `  const asked = run.resumed ? await chooseNamespaces(task, targets.as(account, purpose, stop), '') : undefined
  const namespaces = asked && 'namespaces' in asked ? asked.namespaces : run.namespaces
  const context = contextOf(parts, task, { ...run, namespaces: [...namespaces] }, timeoutSeconds)
`,
    under: [LABELS, 'they stay as they were chosen'],
  },
  {
    name: 'two leaders: works on when the lease is lost',
    file: 'src/controller/election.ts',
    from: 'lead(AbortSignal.any([signal, lost.signal]), lost.signal, holds)',
    to: 'lead(signal, new AbortController().signal, () => true)',
    under: [LEADERS, 'takes no run any more'],
  },
  {
    name: 'a record by one who has lost the run',
    file: 'src/controller/run-task.ts',
    from: 'run?.id === hand.run && run.owner === owner ? make(run)',
    to: 'run?.id === hand.run ? make(run)',
    under: [LEADERS, 'the last word'],
  },
]

/** The source with the bug. @throws Error when the text to be changed is not there exactly once: the source has moved on */
export function mutated(source: string, { name, file, from, to }: Mutant): string {
  const parts = source.split(from)
  if (parts.length !== 2) throw new Error(`mutant "${name}": ${file} has its text ${parts.length - 1} times`)
  return parts.join(to)
}

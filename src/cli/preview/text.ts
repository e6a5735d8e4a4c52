import { stringify } from 'yaml'
import { NAMESPACE } from '../../api/kinds.ts'
import type { Asleep } from '../../api/task.ts'
import { type Instant, instantOf } from '../../lib/instant.ts'
import { relative } from '../../lib/relative.ts'
import { count, listed, number } from '../../lib/text.ts'
import type { Paint } from '../paint.ts'
import { table } from '../table.ts'
import type { Change, MissingRight, ObjectRef, Preview, Rights, RunAhead, Said } from './model.ts'

/** So many objects of each kind are listed, and so many reasons of each sort. */
const LISTED = 50

/** A preview for people. */
export function asText(preview: Preview, now: Instant, paint: Paint): string {
  const { task, title, file, isInCluster, state, runs, seenAs } = preview
  const from = file === null ? '' : paint('dim', `   ${file}${isInCluster ? '' : ', not in the cluster yet'}`)
  return [
    `${paint('bold', task)}${title === null ? '' : `   ${title}`}${from}\n`,
    ...paragraph(
      'state',
      state.map(said => stateText(said, paint)),
    ),
    ...schedule(preview, now),
    ...runs.flatMap(run => ['\n', ...runText(run, seenAs, paint)]),
  ].join('')
}

/** Lines under a name; none at all without lines. */
function paragraph(name: string, lines: readonly string[]): readonly string[] {
  return lines.map((text, index) => `  ${(index === 0 ? name : '').padEnd(11)}${text}\n`)
}

/** Whatever keeps a task from being scheduled stands out. */
function stateText({ reason, message }: Said, paint: Paint): string {
  const isUsual = ['Scheduled', 'AfterOthers', 'OnRequest'].includes(reason)
  return isUsual ? message : paint('yellow', `${reason}: ${message}`)
}

function schedule({ nextRuns, timeZone, plusJitterSeconds: jitter }: Preview, now: Instant): readonly string[] {
  if (nextRuns.length === 0) return []
  const rows = nextRuns.map(({ operation, time, local }) => {
    const at = instantOf(time) ?? now
    const day = new Intl.DateTimeFormat('en', { timeZone, weekday: 'short' }).format(at)
    return [operation, day, local, relative(at, now)]
  })
  const later = jitter === null ? [] : [`  each up to ${jitter} s later: spec.jitterSeconds\n`]
  return ['\n', ...indented(2, table(['NEXT', 'DAY', timeZone.toUpperCase(), 'WHEN'], rows)), ...later]
}

function runText(run: RunAhead, seenAs: Preview['seenAs'], paint: Paint): readonly string[] {
  const { refused, changes, already, left, awaits, asleep, limits, failures, unseen, rights } = run
  const isToldBelow = (remedy: string | null) => rights.missing.some(right => right.remedy === remedy)
  const isLimited = limits.total > 0 && (limits.objects !== null || limits.percent !== null)
  const seen = seenAs === 'Account' ? `seen as ServiceAccount ${rights.account}` : 'seen with your own rights'
  return [
    `${paint('bold', `${run.operation} now`)} ${verdictText(run, paint)} ${paint('dim', `(${seen})`)}\n`,
    ...changeLines(changes, paint),
    ...paragraph('where', whereLines(run)),
    ...paragraph('refused', refused === null ? [] : [paint('red', `${refused.message} (${refused.reason})`)]),
    ...paragraph('already so', already > 0 ? [count(already, 'object')] : []),
    ...paragraph('left out', shortened(left.map(one => `${called(one, left)}: ${one.message}`))),
    ...paragraph('then', awaits === null ? [] : [awaits]),
    ...paragraph('saves', asleep && asleep.workloads > 0 ? [savings(asleep)] : []),
    ...paragraph('limits', isLimited ? [limitText(run)] : []),
    ...paragraph(
      'fails by',
      shortened(
        failures.map(({ message, remedy }) => {
          const help = remedy === null || isToldBelow(remedy) ? '' : `; to allow it: ${remedy}`
          return paint('red', message) + help
        }),
      ),
    ),
    ...paragraph('not seen', shortened(unseen.map(message => paint('yellow', message)))),
    ...paragraph('rights', rightLines(rights, paint)),
  ]
}

/** `would change 3 objects in team-a`, or why it would not. */
function verdictText({ changes, refused, namespaces, dryRun, verdict, failures }: RunAhead, paint: Paint): string {
  const where = namespaces.length === 1 ? ` in ${namespaces[0]}` : ` in ${count(namespaces.length, 'namespace')}`
  const what = `change ${changes.length === 0 ? 'nothing' : count(changes.length, 'object') + where}`
  const tries = dryRun ? ', and only try that (spec.dryRun)' : ''
  const otherwise = changes.length > 0 ? `; else it would ${what}${tries}` : ''
  if (refused) return paint('red', 'would fail at once') + otherwise
  if (failures.length > 0) return `${paint('red', 'would fail')}, and ${what}${tries}`
  if (verdict === 'WouldFail') return paint('red', 'would fail for want of rights') + otherwise
  return verdict === 'Unknown'
    ? `${paint('yellow', `would ${what}`)}${tries}, as far as you may see`
    : `${paint('green', `would ${what}`)}${tries}`
}

/** Of a stalled task nobody has asked where it works. */
function whereLines({ namespaces, refused }: RunAhead): readonly string[] {
  if (namespaces.length === 0) return refused ? [] : ['no namespace']
  return namespaces.length === 1 ? [] : [namespaces.join(', ')]
}

function changeLines(changes: readonly Change[], paint: Paint): readonly string[] {
  return [...Map.groupBy(changes, ({ kind }) => kind)].flatMap(([kind, all]) => {
    const lines = all
      .slice(0, LISTED)
      .flatMap(change => [
        `    ${placed(change, changes)}${change.says}\n`,
        ...(change.manifest === null ? [] : indented(6, stringify(change.manifest)).map(text => paint('dim', text))),
      ])
    const more = all.length - LISTED
    return more > 0 ? [...lines, `    … and ${number(more)} more ${kind}s; -o json lists all\n`] : lines
  })
}

function shortened(lines: readonly string[]): readonly string[] {
  const more = lines.length - LISTED
  return more > 0 ? [...lines.slice(0, LISTED), `… and ${number(more)} more; -o json lists all`] : lines
}

function called(object: ObjectRef, among: readonly ObjectRef[]): string {
  return `${placed(object, among)}${object.kind}/${object.name}`
}

/** The namespace is said where there is more than one. */
function placed({ kind, namespace }: ObjectRef, among: readonly ObjectRef[]): string {
  return kind === 'Namespace' || among.every(other => other.namespace === namespace) ? '' : `${namespace}/`
}

function savings({ workloads, cpuMillicores, memoryBytes }: Asleep): string {
  const cpu = (cpuMillicores / 1000).toFixed(1)
  return `${cpu} cores and ${(memoryBytes / 2 ** 30).toFixed(1)} GiB of requests by ${count(workloads, 'workload')}`
}

function limitText({ limits: { affected, total, objects, percent } }: RunAhead): string {
  const most = [
    ...(objects === null ? [] : [`spec.maxAffected.objects is ${objects}`]),
    ...(percent === null ? [] : [`spec.maxAffected.percent is ${percent}`]),
  ]
  return `${number(affected)} of ${count(total, 'object')} would be changed; ${listed(most)}`
}

/** What is granted by one line is told in one. */
function rightLines({ account, missing, unchecked, needed }: Rights, paint: Paint): readonly string[] {
  const lines = [...Map.groupBy(missing, ({ remedy }) => remedy)].flatMap(([remedy, rights]) => [
    paint('red', `ServiceAccount ${account} may not ${rightText(rights)}; to allow it:`),
    `  ${remedy}`,
  ])
  if (unchecked > 0) {
    const part = unchecked === needed ? 'what it takes' : `${unchecked} of ${needed} rights`
    lines.push(
      paint(
        'yellow',
        `not checked whether ServiceAccount ${account} has ${part}: you may neither act as it nor ask about it`,
      ),
    )
  }
  if (lines.length === 0 && needed > 0) lines.push(paint('green', `ServiceAccount ${account} has all that it takes`))
  return lines
}

/** `list and patch deployments.apps and statefulsets.apps in namespace team-a`. */
function rightText(rights: readonly MissingRight[]): string {
  const places = Map.groupBy(rights, ({ namespace }) => namespace)
  return listed([...places].map(([namespace, there]) => rightsIn(namespace, there)))
}

function rightsIn(namespace: string | null, rights: readonly MissingRight[]): string {
  const isItself = namespace !== null && rights.every(({ resource }) => resource === NAMESPACE.plural)
  const place = namespace === null ? 'the whole cluster' : `namespace ${namespace}`
  const resources = [...Map.groupBy(rights, ({ resource }) => resource)].map(([resource, of]) => ({
    resource,
    verbs: listed(of.map(({ verb }) => verb)),
  }))
  const alike = [...Map.groupBy(resources, ({ verbs }) => verbs)].map(([verbs, of]) => {
    const called = listed(of.map(({ resource }) => resource))
    return isItself ? verbs : `${verbs} ${called}`
  })
  return isItself ? `${listed(alike)} ${place}` : `${listed(alike)} in ${place}`
}

function indented(by: number, text: string): readonly string[] {
  const lines = text.trimEnd().split('\n')
  return lines.map(line => `${' '.repeat(by)}${line}\n`)
}

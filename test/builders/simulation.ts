import type { OperationName, Spec } from '../../src/api/task.ts'
import { decide } from '../../src/decide/decide.ts'
import type { Decision, World } from '../../src/decide/decision.ts'
import type { Ending, StatusEvent } from '../../src/decide/events.ts'
import { STATUS_BYTES } from '../../src/decide/fitted.ts'
import { fold } from '../../src/decide/fold.ts'
import { newestDue } from '../../src/decide/slots.ts'
import { HOUR, type Instant, MINUTE, rfc3339, SECOND } from '../../src/lib/instant.ts'
import { sameJson } from '../../src/lib/json.ts'
import { dice } from './dice.ts'
import { Periods } from './periods.ts'
import { changed, edited, task } from './task.ts'

/** A decision that leads to ever new ones at one instant is a loop. */
const MOST_DECISIONS = 50
const FINALIZERS = ['rota.dev/wake']

interface Course {
  readonly seed: number
  readonly spec: Partial<Spec>
  /** What edits change, each time one of these. */
  readonly edits: readonly Partial<Spec>[]
  /** Days with outages, failures, edits, requests and cancels, and then days without. */
  readonly rough: number
  readonly quiet: number
  readonly longestOutage: number
  readonly longestRun: number
}

/**
 * A task over some days of virtual time: decide, do what is decided, fold. The operator dies at bad moments and comes
 * back as another process; runs fail, last long and do half of their work; people edit, request and cancel.
 */
export class Simulation {
  task = task({ created: '2026-01-05T08:30:00Z', observed: false })
  /** Where something really sleeps. */
  readonly asleep = new Set<string>()
  readonly violations: string[] = []
  readonly seen = {
    claims: 0,
    ends: 0,
    failures: 0,
    missed: 0,
    outages: 0,
    resumes: 0,
    edits: 0,
    holds: 0,
    wakes: 0,
    skews: 0,
    records: 0,
  }
  readonly #course: Course
  readonly #dice
  readonly #periods = new Periods()
  readonly #end: Instant
  #now: Instant
  #owner = 1
  /** Down, or with a wrong clock, since then. */
  #blindSince: Instant = 0
  /** Down until then. */
  #downUntil: Instant | undefined
  /** The attempt under way ends then. */
  #attemptEnds: Instant | undefined
  #lookAgain: Instant | undefined
  #disturbance: Instant | undefined
  #tokens = 0
  /** The operator's clock is ahead of the true one by so much; it knows when that is much. */
  #skew = 0

  constructor(course: Course) {
    this.#course = course
    this.#dice = dice(course.seed)
    this.#now = this.task.created
    this.#end = this.#now + (course.rough + course.quiet) * 24 * HOUR + this.#dice.below(24 * 60) * MINUTE
    this.#disturbance = this.#now + this.#dice.below(6 * 60) * MINUTE
    this.task = task({ created: rfc3339(this.#now), observed: false, spec: course.spec })
  }

  run(): this {
    // A run that is active in the end is given the time to end.
    while (this.#now < this.#end || (this.task.status.activeRun && this.#calm)) {
      if (this.#downUntil === undefined) this.#settle()
      const up = this.#downUntil === undefined
      const rest = this.#now < this.#end ? this.#end : undefined
      const moments = [rest, this.#disturbance, this.#downUntil, ...(up ? [this.#attemptEnds, this.#lookAgain] : [])]
      this.#now = Math.max(this.#now, Math.min(...moments.filter(moment => moment !== undefined)))
      if (this.#downUntil !== undefined && this.#downUntil <= this.#now) this.#downUntil = undefined
      if (this.#disturbance !== undefined && this.#disturbance <= this.#now) this.#disturb()
      if (this.#downUntil === undefined && (this.#attemptEnds ?? Infinity) <= this.#now) this.#endAttempt()
    }
    this.#periods.close(this.task, this.#now)
    this.violations.push(...this.#periods.violations)
    this.#checkCounters()
    return this
  }

  /** What the newest slot says: asleep in the targets, or awake. */
  get newest(): OperationName | undefined {
    return newestDue(this.task, this.#now)?.operation
  }

  get #calm(): boolean {
    return this.#now > this.task.created + this.#course.rough * 24 * HOUR
  }

  /** Decides until there is nothing left to decide. */
  #settle(): void {
    for (let n = 0; this.#downUntil === undefined; n++) {
      if (n > MOST_DECISIONS) throw new Error(`${rfc3339(this.#now)}: decides in circles: ${this.#decide().message}`)
      const decision = this.#decide()
      if (decision.do === 'Nothing') {
        if (decision.lookAgain !== undefined && decision.lookAgain <= this.#clock) this.#violated('looks again at once')
        if (this.#skew === 0 && !sameJson(fold(this.task, [], this.#now), this.task.status))
          this.#violated('nothing to do, but a status to write')
        this.#lookAgain = decision.lookAgain && decision.lookAgain - this.#skew
        return
      }
      if (!this.#calm && this.#dice.below(60) === 0) return this.#die()
      this.#carryOut(decision)
      if (!this.#calm && this.#dice.below(60) === 0) return this.#die()
    }
  }

  #decide(): Decision {
    const world: World = {
      owner: `rota-${this.#owner}`,
      working: this.#attemptEnds !== undefined,
      clockSkewed: this.#skew !== 0,
      dependency: () => undefined,
      resolved: () => [],
      hasLooked: () => true,
      settings: { taskTimeoutSeconds: 300, taskMaxRetries: 3, taskRetryDelaySeconds: 10 },
    }
    return decide({ task: this.task, now: this.#clock, world })
  }

  #carryOut(decision: Decision): void {
    const owner = `rota-${this.#owner}`
    const active = this.task.status.activeRun
    switch (decision.do) {
      case 'Start': {
        const { run } = decision
        if (active) this.#violated(`starts ${run.id} while ${active.id} is active`)
        if (run.slotTime > this.#now) this.#violated(`starts before its slot ${rfc3339(run.slotTime)}`)
        if (this.#skew !== 0) this.#violated('starts although its clock is wrong')
        if (run.operation === 'wake' && run.reason === 'Request') this.seen.wakes++
        if (run.operation === 'sleep') this.task = changed(this.task, { finalizers: FINALIZERS })
        this.seen.claims++
        this.#commit([...decision.events, { event: 'Claimed', run, owner }])
        if (decision.rule === 'due') this.#periods.covers(run.slotTime, 1)
        return this.#begin()
      }
      case 'Resume':
        if (active?.owner !== owner) {
          this.seen.resumes++
          this.#commit([{ event: 'Resumed', owner }])
        }
        return this.#begin()
      case 'Stop': {
        this.#halfDone()
        const handled = decision.handled === undefined ? [] : [{ event: 'Handled', cancel: decision.handled } as const]
        return this.#commit([this.#ending('Cancelled', decision.because), ...handled])
      }
      case 'Write':
        return this.#commit(decision.events)
      case 'Release':
        this.task = changed(this.task, { finalizers: [] })
    }
  }

  #commit(events: readonly StatusEvent[]): void {
    for (const event of events) {
      if (event.event === 'NotRun' && event.result === 'Missed') this.seen.missed += event.count
      if (event.event === 'Ended') {
        this.seen.ends++
        if (event.result === 'Failed' || event.result === 'TimedOut') this.seen.failures++
        this.#attemptEnds = undefined
      }
    }
    // Whoever writes knows the API server's time, however wrong his own clock is.
    const status = fold(this.task, events, this.#now)
    const before = this.task
    this.task = changed(before, { status })
    this.#periods.follow(before, this.task, this.#now)
    for (const event of events) {
      if (event.event === 'NotRun' && event.runReason === 'Schedule') this.#periods.covers(event.slotTime, event.count)
    }
    if (JSON.stringify(status).length >= STATUS_BYTES) this.#violated('the status is too large')
    const noted = status.sleeping?.namespaces ?? []
    for (const name of this.asleep) if (!noted.includes(name)) this.#violated(`${name} sleeps and is forgotten`)
  }

  #begin(): void {
    this.#attemptEnds = this.#now + (1 + this.#dice.below(this.#course.longestRun)) * SECOND
  }

  #endAttempt(): void {
    const run = this.task.status.activeRun
    if (!run) return
    const luck = this.#calm ? 9 : this.#dice.below(10)
    if (luck > 3) {
      for (const name of run.namespaces) this.#does(run.operation, name)
      return this.#commit([this.#ending('Succeeded', 'Completed')])
    }
    this.#halfDone()
    if (luck > 1 || run.attempt >= 3) return this.#commit([this.#ending(luck > 1 ? 'Failed' : 'TimedOut', 'Bad')])
    const nextAttemptTime = this.#now + (1 + this.#dice.below(90)) * SECOND
    this.#attemptEnds = undefined
    this.#commit([{ event: 'AttemptFailed', nextAttempt: run.attempt + 1, nextAttemptTime, message: 'bad luck' }])
  }

  #ending(result: Ending['result'], reason: string): StatusEvent {
    const { activeRun } = this.task.status
    const asleep = (activeRun?.namespaces ?? []).filter(name => this.asleep.has(name)).length
    const found =
      activeRun?.operation === 'sleep' && result === 'Succeeded'
        ? { asleep: { workloads: asleep, cpuMillicores: 0, memoryBytes: 0 } }
        : {}
    return { event: 'Ended', result, reason, message: reason, changed: 1, ...found }
  }

  /** An attempt that does not end well may have worked on some of its namespaces. */
  #halfDone(): void {
    const run = this.task.status.activeRun
    if (!run || this.#attemptEnds === undefined) return
    for (const name of run.namespaces) if (this.#dice.below(2) === 0) this.#does(run.operation, name)
  }

  #does(operation: OperationName, namespace: string): void {
    if (operation === 'sleep') this.asleep.add(namespace)
    if (operation === 'wake') this.asleep.delete(namespace)
  }

  /** The process is gone in the middle of what it does; another one comes later. */
  #die(): void {
    this.seen.outages++
    this.#halfDone()
    this.#attemptEnds = undefined
    this.#lookAgain = undefined
    this.#owner++
    if (!this.#isBlind) this.#blindSince = this.#now
    this.#downUntil = this.#now + (1 + this.#dice.below(this.#course.longestOutage)) * SECOND
  }

  #disturb(): void {
    const { edits } = this.#course
    if (this.#calm) {
      this.#disturbance = undefined
      this.#skew = 0
      this.#periods.holds(this.#now, this.#now)
      this.task = changed(this.task, { requests: {} })
      // An edit closes the breaker, too.
      this.task = edited(this.task, { suspend: false })
      return
    }
    this.#disturbance = this.#now + (1 + this.#dice.below(6 * 3600)) * SECOND
    const what = this.#dice.of(['Outage', 'Edit', 'Edit', 'Run', 'Cancel', 'Hold', 'Wake', 'Skew'] as const)
    if (what === 'Outage') return this.#downUntil === undefined ? this.#die() : undefined
    if (what === 'Hold') return this.#hold()
    if (what === 'Skew') return this.#setClock()
    if (what === 'Edit') {
      this.seen.edits++
      if (edits.length > 0) this.task = edited(this.task, this.#dice.of(edits))
      return
    }
    const token = `t${this.#tokens++}`
    const { requests } = this.task
    this.task = changed(this.task, { requests: { ...requests, [what.toLowerCase()]: token } })
  }

  /** Sets, changes or takes back a hold. */
  #hold(): void {
    this.seen.holds++
    const { hold: _, ...requests } = this.task.requests
    const until = this.#now + this.#dice.below(20 * 60) * MINUTE
    const isTakenBack = this.#dice.below(3) === 0
    // Who comes back finds a hold, and cannot know since when.
    const from = this.#isBlind ? this.#blindSince : this.#now
    this.#periods.holds(this.#now, from, isTakenBack ? undefined : until)
    this.task = changed(this.task, { requests: isTakenBack ? requests : { ...requests, hold: rfc3339(until) } })
  }

  /** The operator's clock goes wrong by an hour or a day, or right again. */
  #setClock(): void {
    this.seen.skews++
    if (!this.#isBlind) this.#blindSince = this.#now
    this.#skew = this.#skew === 0 ? this.#dice.of([-24, -1, 1, 24]) * HOUR : 0
  }

  get #isBlind(): boolean {
    return this.#downUntil !== undefined || this.#skew !== 0
  }

  /** What the operator's clock shows. */
  get #clock(): Instant {
    return this.#now + this.#skew
  }

  #checkCounters(): void {
    const { status } = this.task
    const { claims, ends, failures, missed } = this.seen
    const expected = { runCount: claims, errorCount: failures, missedCount: missed }
    for (const [name, count] of Object.entries(expected)) {
      const written = status[name as keyof typeof expected]
      if (written !== count) this.#violated(`${name} is ${written}, but there were ${count}`)
    }
    if (claims !== ends + (status.activeRun ? 1 : 0)) this.#violated(`${claims} claims, but ${ends} ends`)
    this.seen.records = this.#periods.covered
  }

  #violated(what: string): void {
    this.violations.push(`${rfc3339(this.#now)}: ${what}`)
  }
}

// Generated from crds/rota.dev_scheduledtasks.yaml by npm run types: do not edit.

/** A ScheduledTask runs one operation on namespaces, on a cron schedule or on request, and its status says what happened. */
export interface ScheduledTask {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: ScheduledTaskSpec
  readonly status?: ScheduledTaskStatus
}

export interface ObjectMeta {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation: number
  readonly creationTimestamp: string
  readonly deletionTimestamp?: string
  readonly finalizers?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** What to run, when, and in whose name. */
export interface ScheduledTaskSpec {
  /** What the task is for, in one line, for people. At most 120 characters. Example: Put team-a to sleep at night. */
  readonly title?: string
  /** Who pays, for accounting; it is copied to every entry of the history. At most 63 characters. Example: cc-4711. */
  readonly costCenter?: string
  /** When to run, as five cron fields: minute (0-59), hour (0-23), day of month (1-31), month (1-12 or JAN-DEC), day of week (0-7 or SUN-SAT; 0 and 7 are Sunday). A field is * or a list of values, ranges and steps (* /15, 8-18/2). Also: ? for * in the two day fields, L for the last day of the month, FRIL for the last Friday, MON#2 for the second Monday; H for a value picked by the name of the task, so that tasks spread (H, H(0-29), H/15, H(0-29)/10; a day of month up to 28); and @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually. If day of month and day of week are both restricted, a day that matches either one counts. Read in timeZone. Without a schedule the task runs only on request. Example: "0 20 * * 1-5" (20:00 from Monday to Friday). */
  readonly schedule?: string
  /** The time zone in which schedule and wakeSchedule are read, as an IANA name. Default: UTC. Example: Europe/Berlin. */
  readonly timeZone: string
  /** What happens to a fixed local time on the days on which the clocks change. Fixed means that the hour field has neither * nor /; other schedules follow real time. Example: daylightSaving: {skippedTime: Skip}. */
  readonly daylightSaving: {
    /** A local time that does not exist that day: RunAfter runs at the first instant after the gap, Skip does not run. Default: RunAfter. */
    readonly skippedTime: 'RunAfter' | 'Skip'
    /** A local time that comes twice that day: First, Last or Both. Default: First. */
    readonly repeatedTime: 'First' | 'Last' | 'Both'
  }
  /** While true no new run starts; a run that is active ends normally. Setting it back to false starts nothing for the time in between. Default: false. */
  readonly suspend: boolean
  /** How late, in seconds, a run may still start, whatever held it back; after that its slot is recorded as Missed. At least 10. Default: 3600. Not used by a sleep with wakeSchedule, where only the newest of both schedules counts, however late. */
  readonly startingDeadlineSeconds: number
  /** Delays each run by up to this many seconds, 0 to 3600, so that tasks with one schedule do not all start at once. The delay is computed from the task and the slot, is the same at each look, and always ends before the next slot. Runs on request are not delayed. Default: 0. */
  readonly jitterSeconds: number
  /** What happens when a slot comes due while a run of this task is active: Forbid skips it (Overlap); Queue lets the newest such slot wait; Replace cancels the active run and starts when its last request has ended. A task never runs twice at once. Not used by a sleep with wakeSchedule, where the newest slot takes over. Default: Forbid. */
  readonly concurrencyPolicy: 'Forbid' | 'Queue' | 'Replace'
  /** Who starts first when workers are short: -1000 to 1000, higher first. Each second of waiting counts as much as one point, so nothing waits for ever. Default: 0. */
  readonly priority: number
  /** Tasks of the same namespace that come first, 16 at most. With a schedule: a run waits for theirs of the same or an earlier slot, and is skipped (DependencyFailed) when one of them did not succeed. Without a schedule: runs once for each slot up to which all of them have succeeded. Example: dependsOn: [{name: backup}]. */
  readonly dependsOn?: readonly {
    /** Name of the other ScheduledTask. Example: backup. */
    readonly name: string
  }[]
  /** After so many runs in a row that Failed or TimedOut nothing is scheduled any more (Stalled, TooManyFailures), until the spec is edited or a run on request succeeds: 0 to 100, 0 is never. A sleep still wakes. Default: 0. */
  readonly suspendAfterFailures: number
  /** A run on request, or after others, is answered by the last success instead (Skipped, Cached) when that is younger than this, in seconds, and operation, target and serviceAccountName are the same since: 0 to 604800, 0 is never. Default: 0. */
  readonly cacheSeconds: number
  /** How long one attempt may take, in seconds: 1 to 86400. When unset, the controller's TASK_TIMEOUT_SECONDS (300 unless changed) is used. */
  readonly timeoutSeconds?: number
  /** What to do when an attempt fails for a reason that can get better, such as an API server that is busy. Example: retry: {attempts: 5, delaySeconds: 30}. */
  readonly retry: {
    /** How many attempts a run has in all, the first one included: 1 to 10. When unset, the controller's TASK_MAX_RETRIES (3 unless changed) is used. */
    readonly attempts?: number
    /** Pause before the second attempt, in seconds: 0 to 3600. When unset, the controller's TASK_RETRY_DELAY_SECONDS (10 unless changed) is used. */
    readonly delaySeconds?: number
    /** How the pause grows: Exponential doubles it with each attempt, up to maxDelaySeconds; Constant keeps it. Default: Exponential. */
    readonly backoff: 'Exponential' | 'Constant'
    /** The longest pause between two attempts, in seconds: 0 to 86400. Default: 300. */
    readonly maxDelaySeconds: number
  }
  /** The ServiceAccount in the task's own namespace in whose name everything is read and changed. It must exist and have the rights; Rota's own rights are never used on targets. Default: default. Example: rota. */
  readonly serviceAccountName: string
  /** Where the operation works: namespaces, by name or by label. When unset, in the task's own namespace. */
  readonly target?: {
    /** Names of the namespaces: 1 to 50, each only once. Namespaces that begin with kube- are refused. Example: [team-a, team-b]. */
    readonly namespaces?: readonly string[]
    /** All namespaces with these labels, as the task's account lists them when a run starts; more than 50 are refused. Those of the system, of Rota and those labelled rota.dev/protected=true are never among them. The account needs the right to list namespaces. Example: namespaceSelector: {matchLabels: {env: dev}}. */
    readonly namespaceSelector?: {
      /** Labels and their values. Example: {tier: web}. */
      readonly matchLabels?: {
        readonly [k: string]: string
      }
      /** Conditions on labels, at most 16. Example: [{key: tier, operator: NotIn, values: [db]}]. */
      readonly matchExpressions?: readonly {
        /** Name of the label. Example: tier. */
        readonly key: string
        /** In, NotIn, Exists or DoesNotExist. */
        readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
        /** Values for In and NotIn. Example: [web, api]. */
        readonly values?: readonly string[]
      }[]
    }
  }
  /** A run that would change more objects is refused as a whole, before the first change. Not used when a sleep wakes what it has put to sleep. When unset, a cleanup changes at most 100 objects and deleteNamespace 1. Example: maxAffected: {objects: 20, percent: 50}. */
  readonly maxAffected?: {
    /** How many objects a run may change, at most: 0 to 1000000. */
    readonly objects?: number
    /** Which part of all objects of these kinds in the target namespaces a run may change, at most: 0 to 100, rounded down to whole objects. */
    readonly percent?: number
  }
  /** Runs change nothing: the API server checks every change and the history says what would have been done. Such a run is no success for others that depend on it. What the task has really put to sleep is really woken. Default: false. */
  readonly dryRun: boolean
  /** How many past runs status.history keeps: 0 to 20. Default: 10. */
  readonly historyLimit: number
  /** What the task does: exactly one of sleep, wake, scale, restart, cleanup, createNamespace, deleteNamespace, patch, apply, job. Example: operation: {restart: {names: [web]}}. */
  readonly operation: {
    /** Scales Deployments and StatefulSets to 0, suspends CronJobs and pauses KEDA ScaledObjects. What was there before is kept on each object and comes back when it wakes. Nothing is ever scaled up. Example: sleep: {wakeSchedule: "0 7 * * 1-5"}. With all defaults: sleep: {}. */
    readonly sleep?: {
      /** When to wake again, written like spec.schedule and read in spec.timeZone. When unset, the namespaces sleep until a task with the operation wake runs. Example: "0 7 * * 1-5". */
      readonly wakeSchedule?: string
      /** Kinds to work on, at most 16. Besides Deployment, StatefulSet, CronJob and ScaledObject.keda.sh any namespaced kind that can be scaled, with its API group. A workload that another object controls is left alone unless the kind of that object is listed here. Default: [Deployment, StatefulSet, CronJob, ScaledObject.keda.sh]. Example: kinds: [Deployment, Rollout.argoproj.io]. */
      readonly kinds: readonly string[]
      /** The number of replicas to sleep with: 0 to 10000. Workloads that have fewer are left as they are, and those with an autoscaler are left out when it is not 0. Default: 0. */
      readonly replicas: number
      /** Wait until it is really so (pods gone, or ready): else the run fails (NotVerified). It has a time of its own, besides timeoutSeconds, and is not tried again. Example: verify: {timeoutSeconds: 120}. */
      readonly verify?: {
        /** How long to wait, in seconds: 1 to 3600. Default: 300. */
        readonly timeoutSeconds: number
      }
      /** Only objects with these labels. Written as the selector of a Deployment; when both parts are given, both must hold. Example: selector: {matchLabels: {tier: web}}. */
      readonly selector?: {
        /** Labels and their values. Example: {tier: web}. */
        readonly matchLabels?: {
          readonly [k: string]: string
        }
        /** Conditions on labels, at most 16. Example: [{key: tier, operator: NotIn, values: [db]}]. */
        readonly matchExpressions?: readonly {
          /** Name of the label. Example: tier. */
          readonly key: string
          /** In, NotIn, Exists or DoesNotExist. */
          readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
          /** Values for In and NotIn. Example: [web, api]. */
          readonly values?: readonly string[]
        }[]
      }
      /** Workloads that are left alone, by name or by label. Example: exclude: {names: [vpn]}. */
      readonly exclude?: {
        /** Names: 1 to 100, each only once. Example: [vpn]. */
        readonly names?: readonly string[]
        /** Only objects with these labels. Written as the selector of a Deployment; when both parts are given, both must hold. Example: selector: {matchLabels: {tier: web}}. */
        readonly selector?: {
          /** Labels and their values. Example: {tier: web}. */
          readonly matchLabels?: {
            readonly [k: string]: string
          }
          /** Conditions on labels, at most 16. Example: [{key: tier, operator: NotIn, values: [db]}]. */
          readonly matchExpressions?: readonly {
            /** Name of the label. Example: tier. */
            readonly key: string
            /** In, NotIn, Exists or DoesNotExist. */
            readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
            /** Values for In and NotIn. Example: [web, api]. */
            readonly values?: readonly string[]
          }[]
        }
      }
      /** What happens to sleeping workloads when the task is deleted: Wake puts them back first, Leave lets them sleep. Default: Wake. */
      readonly onDelete: 'Wake' | 'Leave'
    }
    /** Puts back everything in the target namespaces that any sleep has put to sleep. With all defaults: wake: {}. */
    readonly wake?: {
      /** Kinds to work on, at most 16. Besides Deployment, StatefulSet, CronJob and ScaledObject.keda.sh any namespaced kind that can be scaled, with its API group. A workload that another object controls is left alone unless the kind of that object is listed here. Default: [Deployment, StatefulSet, CronJob, ScaledObject.keda.sh]. Example: kinds: [Deployment, Rollout.argoproj.io]. */
      readonly kinds: readonly string[]
      /** Only objects with these labels. Written as the selector of a Deployment; when both parts are given, both must hold. Example: selector: {matchLabels: {tier: web}}. */
      readonly selector?: {
        /** Labels and their values. Example: {tier: web}. */
        readonly matchLabels?: {
          readonly [k: string]: string
        }
        /** Conditions on labels, at most 16. Example: [{key: tier, operator: NotIn, values: [db]}]. */
        readonly matchExpressions?: readonly {
          /** Name of the label. Example: tier. */
          readonly key: string
          /** In, NotIn, Exists or DoesNotExist. */
          readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
          /** Values for In and NotIn. Example: [web, api]. */
          readonly values?: readonly string[]
        }[]
      }
      /** Workloads that are left alone, by name or by label. Example: exclude: {names: [vpn]}. */
      readonly exclude?: {
        /** Names: 1 to 100, each only once. Example: [vpn]. */
        readonly names?: readonly string[]
        /** Only objects with these labels. Written as the selector of a Deployment; when both parts are given, both must hold. Example: selector: {matchLabels: {tier: web}}. */
        readonly selector?: {
          /** Labels and their values. Example: {tier: web}. */
          readonly matchLabels?: {
            readonly [k: string]: string
          }
          /** Conditions on labels, at most 16. Example: [{key: tier, operator: NotIn, values: [db]}]. */
          readonly matchExpressions?: readonly {
            /** Name of the label. Example: tier. */
            readonly key: string
            /** In, NotIn, Exists or DoesNotExist. */
            readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
            /** Values for In and NotIn. Example: [web, api]. */
            readonly values?: readonly string[]
          }[]
        }
      }
      /** Wait until it is really so (pods gone, or ready): else the run fails (NotVerified). It has a time of its own, besides timeoutSeconds, and is not tried again. Example: verify: {timeoutSeconds: 120}. */
      readonly verify?: {
        /** How long to wait, in seconds: 1 to 3600. Default: 300. */
        readonly timeoutSeconds: number
      }
    }
    /** Sets the number of replicas of workloads, chosen by names or selector (at least one of the two). Example: scale: {names: [web], replicas: 3}. */
    readonly scale?: {
      /** Only objects with these labels. Written as the selector of a Deployment; when both parts are given, both must hold. Example: selector: {matchLabels: {tier: web}}. */
      readonly selector?: {
        /** Labels and their values. Example: {tier: web}. */
        readonly matchLabels?: {
          readonly [k: string]: string
        }
        /** Conditions on labels, at most 16. Example: [{key: tier, operator: NotIn, values: [db]}]. */
        readonly matchExpressions?: readonly {
          /** Name of the label. Example: tier. */
          readonly key: string
          /** In, NotIn, Exists or DoesNotExist. */
          readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
          /** Values for In and NotIn. Example: [web, api]. */
          readonly values?: readonly string[]
        }[]
      }
      /** Wait until it is really so (pods gone, or ready): else the run fails (NotVerified). It has a time of its own, besides timeoutSeconds, and is not tried again. Example: verify: {timeoutSeconds: 120}. */
      readonly verify?: {
        /** How long to wait, in seconds: 1 to 3600. Default: 300. */
        readonly timeoutSeconds: number
      }
      /** Kinds to look for them in, at most 16: Deployment, StatefulSet, and any namespaced kind that can be scaled, with its API group. Default: [Deployment, StatefulSet]. Example: kinds: [Rollout.argoproj.io]. */
      readonly kinds: readonly string[]
      /** Names of the workloads: 1 to 100, each only once. Example: [web, worker]. */
      readonly names?: readonly string[]
      /** The number of replicas to set: 0 to 10000. */
      readonly replicas: number
    }
    /** Restarts workloads one pod after another, as kubectl rollout restart does. Example: restart: {names: [web]}. With all defaults: restart: {}. */
    readonly restart?: {
      /** Only objects with these labels. Written as the selector of a Deployment; when both parts are given, both must hold. Example: selector: {matchLabels: {tier: web}}. */
      readonly selector?: {
        /** Labels and their values. Example: {tier: web}. */
        readonly matchLabels?: {
          readonly [k: string]: string
        }
        /** Conditions on labels, at most 16. Example: [{key: tier, operator: NotIn, values: [db]}]. */
        readonly matchExpressions?: readonly {
          /** Name of the label. Example: tier. */
          readonly key: string
          /** In, NotIn, Exists or DoesNotExist. */
          readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
          /** Values for In and NotIn. Example: [web, api]. */
          readonly values?: readonly string[]
        }[]
      }
      /** Wait until it is really so (pods gone, or ready): else the run fails (NotVerified). It has a time of its own, besides timeoutSeconds, and is not tried again. Example: verify: {timeoutSeconds: 120}. */
      readonly verify?: {
        /** How long to wait, in seconds: 1 to 3600. Default: 300. */
        readonly timeoutSeconds: number
      }
      /** Kinds to restart. Default: [Deployment, StatefulSet, DaemonSet]. */
      readonly kinds: readonly ('Deployment' | 'StatefulSet' | 'DaemonSet')[]
      /** Names of the workloads: 1 to 100, each only once. When unset, all of these kinds. Example: [web]. */
      readonly names?: readonly string[]
    }
    /** Deletes objects that were there before the slot and that match all of what is given: selector, olderThanSeconds, keepNewest, phases; at least one of them. A kind that cannot be listed stops it before the first delete, and so does maxAffected.objects, which is 100 unless set. Example: cleanup: {kinds: [Job], phases: [Succeeded], olderThanSeconds: 86400}. */
    readonly cleanup?: {
      /** Kinds to delete, namespaced ones, at most 16. Example: [Pod, Job]. */
      readonly kinds: readonly string[]
      /** Only objects with these labels. Written as the selector of a Deployment; when both parts are given, both must hold. Example: selector: {matchLabels: {tier: web}}. */
      readonly selector?: {
        /** Labels and their values. Example: {tier: web}. */
        readonly matchLabels?: {
          readonly [k: string]: string
        }
        /** Conditions on labels, at most 16. Example: [{key: tier, operator: NotIn, values: [db]}]. */
        readonly matchExpressions?: readonly {
          /** Name of the label. Example: tier. */
          readonly key: string
          /** In, NotIn, Exists or DoesNotExist. */
          readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
          /** Values for In and NotIn. Example: [web, api]. */
          readonly values?: readonly string[]
        }[]
      }
      /** Workloads that are left alone, by name or by label. Example: exclude: {names: [vpn]}. */
      readonly exclude?: {
        /** Names: 1 to 100, each only once. Example: [vpn]. */
        readonly names?: readonly string[]
        /** Only objects with these labels. Written as the selector of a Deployment; when both parts are given, both must hold. Example: selector: {matchLabels: {tier: web}}. */
        readonly selector?: {
          /** Labels and their values. Example: {tier: web}. */
          readonly matchLabels?: {
            readonly [k: string]: string
          }
          /** Conditions on labels, at most 16. Example: [{key: tier, operator: NotIn, values: [db]}]. */
          readonly matchExpressions?: readonly {
            /** Name of the label. Example: tier. */
            readonly key: string
            /** In, NotIn, Exists or DoesNotExist. */
            readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
            /** Values for In and NotIn. Example: [web, api]. */
            readonly values?: readonly string[]
          }[]
        }
      }
      /** Only objects that were made so many seconds or more before the slot: 0 to 315360000 (ten years). Example: 604800 (a week). */
      readonly olderThanSeconds?: number
      /** Keeps so many of each kind in each namespace, whatever their age: of those that match selector and phases and are not being deleted the ones that were made last before the slot. 0 to 10000. */
      readonly keepNewest?: number
      /** Only objects whose status.phase is one of these; a Job is Succeeded, Failed or Running. Example: [Succeeded, Failed]. */
      readonly phases?: readonly string[]
    }
    /** Sees to it that each namespace in target.namespaces exists, with these labels and annotations, and holds the manifests. Example: createNamespace: {labels: {team: a}}. */
    readonly createNamespace?: {
      /** Labels of the namespace, at most 32. Example: {team: a}. */
      readonly labels?: {
        readonly [k: string]: string
      }
      /** Annotations of the namespace, at most 32. Example: {owner: team-a@example.com}. */
      readonly annotations?: {
        readonly [k: string]: string
      }
      /** YAML documents that are applied in each target namespace, by server-side apply: at most 65536 characters. Namespaced kinds only. A document that names a namespace must name a target. */
      readonly manifests?: string
    }
    /** Deletes the target namespaces and waits until they are gone. The task's own namespace is refused; so is a run that would delete more than maxAffected.objects, which is 1 unless set. Example: deleteNamespace: {confirm: [preview-1]}. */
    readonly deleteNamespace?: {
      /** The same names as in target.namespaces, once more. With target.namespaceSelector leave it out: then only namespaces labelled rota.dev/deletable=true are deleted. */
      readonly confirm?: readonly string[]
      /** Only namespaces that were made so many seconds or more before the slot: 0 to 315360000 (ten years). */
      readonly olderThanSeconds?: number
    }
    /** Patches objects of one kind, chosen by names or selector (at least one of the two). Example: patch: {kind: ResourceQuota, names: [compute], patch: '{"spec":{"hard":{"pods":"50"}}}'}. */
    readonly patch?: {
      /** A namespaced kind, with its API group unless it is one of Kubernetes. Example: ConfigMap. */
      readonly kind: string
      /** Names of the objects: 1 to 100, each only once. Example: [compute]. */
      readonly names?: readonly string[]
      /** Only objects with these labels. Written as the selector of a Deployment; when both parts are given, both must hold. Example: selector: {matchLabels: {tier: web}}. */
      readonly selector?: {
        /** Labels and their values. Example: {tier: web}. */
        readonly matchLabels?: {
          readonly [k: string]: string
        }
        /** Conditions on labels, at most 16. Example: [{key: tier, operator: NotIn, values: [db]}]. */
        readonly matchExpressions?: readonly {
          /** Name of the label. Example: tier. */
          readonly key: string
          /** In, NotIn, Exists or DoesNotExist. */
          readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
          /** Values for In and NotIn. Example: [web, api]. */
          readonly values?: readonly string[]
        }[]
      }
      /** How the patch is meant: Merge (JSON merge patch, RFC 7396), Strategic (as kubectl patch does by default; not for custom resources) or JSON (a list of operations, RFC 6902). Default: Merge. */
      readonly type: 'Merge' | 'Strategic' | 'JSON'
      /** The patch, as JSON or YAML: at most 16384 characters. It cannot change what an object is (kind, name, namespace, uid), nor Rota's own annotations. */
      readonly patch: string
    }
    /** Applies manifests by server-side apply, all of them tried by a dry run first. Fields that somebody else manages are a conflict, which fails the run and names the manager. Example: apply: {manifests: "…"}. */
    readonly apply?: {
      /** YAML documents that are applied in each target namespace, by server-side apply: at most 65536 characters. Namespaced kinds only. A document that names a namespace must name a target. */
      readonly manifests: string
      /** Take over fields that others manage. Default: false. */
      readonly force: boolean
    }
    /** Runs one Job, whose result and exit code become those of the run; so does the end of its log when it runs in the task's own namespace. It is named after the run, and found again by an operator that was restarted; a Job that has failed is not run again. A timeout or cancel deletes it. Example: job: {image: registry.example.com/backup:1, command: [backup]}. */
    readonly job?: {
      /** The spec of a Job, as kubectl explain job.spec has it. How often it is tried is its own backoffLimit. Unless it says otherwise, it ends with the attempt (activeDeadlineSeconds) and is kept for a day after its end (ttlSecondsAfterFinished, at least 300). */
      readonly template?: {
        readonly [k: string]: unknown
      }
      /** Image of the only container. It is not tried again when it fails. Example: busybox:1.37. */
      readonly image?: string
      /** Command and arguments in place of the image's own, at most 64. Example: [sh, -c, backup]. */
      readonly command?: readonly string[]
      /** Arguments, at most 64. Example: [--all]. */
      readonly args?: readonly string[]
      /** Environment variables, at most 64. Example: [{name: LEVEL, value: info}]. */
      readonly env?: readonly {
        /** Name of the variable. Example: LEVEL. */
        readonly name: string
        /** Its value. Default: empty. */
        readonly value?: string
      }[]
    }
  }
}

/** What Rota did and will do. Written by Rota only. */
export interface ScheduledTaskStatus {
  /** The metadata.generation that the conditions speak of. Default: -1, not yet looked at. */
  readonly observedGeneration: number
  /** The first that holds: Stalled (cannot be scheduled, see conditions), Running, Waiting (a run is due but held back), Suspended (or held by rota.dev/hold-until), Scheduled, Idle (no schedule). */
  readonly phase?: 'Stalled' | 'Running' | 'Waiting' | 'Suspended' | 'Scheduled' | 'Idle'
  /** Number of runs started, in all. */
  readonly runCount?: number
  /** Number of runs that ended Failed or TimedOut, in all. */
  readonly errorCount?: number
  /** Number of slots that were Missed, in all. */
  readonly missedCount?: number
  /** Number of runs in a row, up to the last one, that ended Failed or TimedOut. */
  readonly consecutiveFailures?: number
  /** The run that has been started and has not ended. */
  readonly activeRun?: {
    /** Identity of the run, computed from the task's UID, the operation, the reason and the slot. */
    readonly id: string
    /** What the run does; the second schedule of a sleep runs wake. */
    operation:
      | 'sleep'
      | 'wake'
      | 'scale'
      | 'restart'
      | 'cleanup'
      | 'createNamespace'
      | 'deleteNamespace'
      | 'patch'
      | 'apply'
      | 'job'
    /** Why it runs: Schedule, Request or Dependency. */
    readonly reason: 'Schedule' | 'Request' | 'Dependency'
    /** The instant of the schedule that the run is for; for a request, when it was taken up. */
    readonly slotTime: string
    /** When the run was started. */
    readonly startTime: string
    /** The attempt that is in progress or comes next; 1 is the first. */
    readonly attempt: number
    /** When the next attempt begins, during the pause before it. */
    readonly nextAttemptTime?: string
    /** The target namespaces, fixed at the start of the run. */
    readonly namespaces: readonly string[]
    /** A token of the Rota process that carries out the run. */
    readonly owner: string
    /** How many times a restarted Rota has taken up the run again. */
    readonly resumed?: number
    /** Hash of those parts of the spec that this run depends on; it is cancelled when they change. */
    readonly specKey: string
  }
  /** When the next run is due, in UTC. Example: 2026-11-23T19:00:00Z. */
  readonly nextRunTime?: string
  /** The next runs, at most five, in local time with its offset. Example: 2026-11-23T20:00:00+01:00. */
  readonly nextRuns?: readonly string[]
  /** The schedule in force and since when. */
  readonly schedule?: {
    /** Hash of everything that decides when the task runs. */
    readonly key: string
    /** Slots at or before this instant are never run. */
    readonly since: string
  }
  /** Slot of the newest run. */
  readonly lastSlotTime?: string
  /** Slot of the newest run that Succeeded. */
  readonly lastSuccessfulSlotTime?: string
  /** Hash of what the newest run that Succeeded depended on; while it is the same, spec.cacheSeconds applies. */
  readonly lastSuccessfulSpecKey?: string
  /** When the newest run started. */
  readonly lastRunTime?: string
  /** When the newest run that Succeeded ended. */
  readonly lastSuccessfulTime?: string
  /** When the newest run that Failed or TimedOut ended. */
  readonly lastFailedTime?: string
  /** How the newest run ended: Succeeded, Failed, TimedOut, Cancelled, Missed or Skipped. */
  readonly lastResult?: 'Succeeded' | 'Failed' | 'TimedOut' | 'Cancelled' | 'Missed' | 'Skipped'
  /** What the newest run did, or why it did not, in one sentence. */
  readonly lastMessage?: string
  /**
   * Past runs, newest first; spec.historyLimit says how many.
   *
   * Items: One past run, or slots for which there was none.
   */
  readonly history?: readonly {
    /** Identity of the run, computed from the task's UID, the operation, the reason and the slot. */
    readonly id: string
    /** What the run does; the second schedule of a sleep runs wake. */
    operation:
      | 'sleep'
      | 'wake'
      | 'scale'
      | 'restart'
      | 'cleanup'
      | 'createNamespace'
      | 'deleteNamespace'
      | 'patch'
      | 'apply'
      | 'job'
    /** Why it runs: Schedule, Request or Dependency. */
    readonly reason: 'Schedule' | 'Request' | 'Dependency'
    /** The instant of the schedule that the run is for; for a request, when it was taken up. */
    readonly slotTime: string
    /** When the run was started. */
    readonly startTime?: string
    /** From the start to the end of the run, in milliseconds, pauses included. */
    readonly durationMilliseconds?: number
    /** How it ended: Succeeded, Failed, TimedOut, Cancelled, Missed or Skipped. */
    readonly result: 'Succeeded' | 'Failed' | 'TimedOut' | 'Cancelled' | 'Missed' | 'Skipped'
    /** Why it ended so, in one CamelCase word. Example: SpecChanged. */
    readonly resultReason?: string
    /** Number of attempts made. */
    readonly attempts?: number
    /** What it did, in plain words. Example: sleep namespace/team-a. */
    readonly command?: string
    /** The target namespaces, the first five of them. */
    readonly namespaces?: readonly string[]
    /** Number of target namespaces, in all. */
    readonly namespaceCount?: number
    /** spec.title at that time. */
    readonly title?: string
    /** spec.costCenter at that time. */
    readonly costCenter?: string
    /** Number of objects changed. */
    readonly changed?: number
    /** What it reported, cut at 1000 characters. */
    readonly output?: string
    /** What went wrong, cut at 1000 characters. */
    readonly error?: string
    /** True for a run that only said what it would do. */
    readonly dryRun?: boolean
    /** For Missed: how many slots this entry stands for; 1000 means at least 1000. */
    readonly count?: number
  }[]
  /** The newest requests that Rota has answered, by their tokens. */
  readonly handled?: {
    /** Token of the annotation rota.dev/run. */
    readonly run?: string
    /** Token of the annotation rota.dev/wake. */
    readonly wake?: string
    /** Token of the annotation rota.dev/cancel. */
    readonly cancel?: string
  }
  /** No scheduled runs until then, as the annotation rota.dev/hold-until asks for. */
  readonly holdUntil?: string
  /** What this task has put to sleep and not yet woken. */
  readonly sleeping?: {
    /** When it was put to sleep. */
    readonly since: string
    /** Namespaces with sleeping workloads. */
    readonly namespaces: readonly string[]
    /** Number of sleeping workloads. */
    readonly workloads: number
    /** Kinds of sleeping workloads, but for those that sleep by default. */
    readonly kinds?: readonly string[]
    /** CPU that they do not request now, in thousandths of a core: the requests of a pod times the replicas taken away. */
    readonly cpuMillicores?: number
    /** Memory that they do not request now, in bytes. */
    readonly memoryBytes?: number
  }
  /** What sleeping has saved, in all, up to countedUntil. */
  readonly saved?: {
    /** Requested CPU times time, in core hours. Example: 123.456000. */
    readonly cpuCoreHours: string
    /** Requested memory times time, in GiB hours. Example: 512.000000. */
    readonly memoryGiBHours: string
    /** What sleeps since then is not counted yet. */
    readonly countedUntil: string
  }
  /** The newest run that slept, woke or scaled something; 60 s after its end it is looked whether it lasts. */
  readonly lastChange?: {
    /** Identity of the run, computed from the task's UID, the operation, the reason and the slot. */
    readonly id: string
    /** What the run does; the second schedule of a sleep runs wake. */
    operation:
      | 'sleep'
      | 'wake'
      | 'scale'
      | 'restart'
      | 'cleanup'
      | 'createNamespace'
      | 'deleteNamespace'
      | 'patch'
      | 'apply'
      | 'job'
    /** The target namespaces of the run. */
    readonly namespaces: readonly string[]
    /** When the run ended. */
    readonly endTime: string
  }
  /**
   * Ready: the task can be scheduled (also while suspended or held). Stalled: it cannot, and the message says what to change. Reconciling: a change of the spec has not been looked at yet. Reverted: somebody undid the newest run; the message says who, and what to do about it.
   *
   * Items: One aspect of the state, in the standard form of Kubernetes.
   */
  readonly conditions?: readonly {
    /** Name of the condition. Example: Ready. */
    readonly type: string
    /** True, False or Unknown. */
    readonly status: 'True' | 'False' | 'Unknown'
    /** The metadata.generation that this condition speaks of. */
    readonly observedGeneration?: number
    /** When status last changed. */
    readonly lastTransitionTime: string
    /** Why, in one CamelCase word. */
    readonly reason: string
    /** Details, for people. */
    readonly message: string
  }[]
}

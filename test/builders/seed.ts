/** What generated tests begin from: new each time, and printed, so that `FC_SEED` can repeat a run. */
export function seed(): number {
  const given = Number(process.env['FC_SEED'])
  const chosen = Number.isSafeInteger(given) && process.env['FC_SEED'] ? given : Date.now() % 2 ** 31
  process.stdout.write(`seed ${chosen}: FC_SEED=${chosen} repeats this run\n`)
  return chosen
}

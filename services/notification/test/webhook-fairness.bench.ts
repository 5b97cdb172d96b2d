/**
 * How much one endpoint that refuses connections and one that never answers slow the 98 others (reliability.md 5.7):
 * pairs of rounds with and without them in one world. Needs DATABASE_URL. From the root:
 * `node --conditions=source services/notification/test/webhook-fairness.bench.ts [pairs] [facts]`.
 */
import { dropTemplates } from '@umbel/test-kit'
import { type HundredEndpoints, startHundredEndpoints } from './hundred-endpoints.ts'
import { startNotificationWorld } from './world.ts'

interface Round {
  /** Until the last of the others' messages had come. */
  readonly allMs: number
  /** Until half of them had. */
  readonly halfMs: number
  /** Of this process, in which the endpoints are too. */
  readonly cpuMs: number
}

const [pairs = 20, facts = 20] = process.argv.slice(2).map(Number)

async function measure(endpoints: HundredEndpoints): Promise<Round> {
  const before = process.cpuUsage()
  await endpoints.tell(facts)
  await endpoints.heard(facts)
  const { user, system } = process.cpuUsage(before)
  const arrivals = endpoints.arrivals()
  const [allMs = 0, halfMs = 0] = [arrivals.at(-1), arrivals[Math.floor(arrivals.length / 2)]]
  return { allMs, halfMs, cpuMs: (user + system) / 1_000 }
}

async function measureIll(endpoints: HundredEndpoints): Promise<Round> {
  await endpoints.fallIll()
  return measure(endpoints)
}

/** The value that stands at this part of all, in order. */
const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * part)] ?? 0

function print(name: keyof Round, well: readonly Round[], ill: readonly Round[]): void {
  const of = (rounds: readonly Round[]) => rounds.map((round) => round[name])
  const [without, among] = [of(well), of(ill)]
  const slower = without.map((ms, pair) => 100 * ((among[pair] ?? 0) / ms - 1))
  const spread = (values: readonly number[], digits: number) =>
    [0.5, 0.25, 0.75].map((part) => quantile(values, part).toFixed(digits))
  const told = (values: readonly number[], digits: number) => {
    const [middle, low, high] = spread(values, digits)
    return `${middle} (${low} to ${high})`
  }
  process.stdout.write(`${name}: ${told(without, 0)} without, ${told(among, 0)} with; ${told(slower, 1)} %\n`)
}

async function run(): Promise<void> {
  await using world = await startNotificationWorld()
  await using endpoints = await startHundredEndpoints(world)
  const [well, ill]: [Round[], Round[]] = [[], []]
  await measure(endpoints) // warms up; not counted
  await endpoints.heal()
  for (let pair = 0; pair < pairs; pair += 1)
    // one after the other, and the other way round in the next pair: what drifts falls on both alike
    for (const sick of pair % 2 === 0 ? [true, false] : [false, true]) {
      if (sick) ill.push(await measureIll(endpoints))
      else well.push(await measure(endpoints))
      await endpoints.heal()
    }
  process.stdout.write(`${pairs} pairs of rounds, ${facts} facts for each of 100 endpoints; median (quartiles)\n`)
  for (const name of ['allMs', 'halfMs', 'cpuMs'] as const) print(name, well, ill)
}

await run()
await dropTemplates()

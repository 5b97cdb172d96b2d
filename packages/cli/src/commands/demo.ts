import { type Command, DEFAULT_WORKSPACE, type Invocation, noWords, text } from '../command.ts'
import { type Observed, play, type Sabotage, sabotages } from '../demo/play.ts'
import { exitCodes, UsageError } from '../exit.ts'
import { wholeNumber } from '../parse.ts'

const HOLD_SECONDS = 2

/** Plays the login outage on the running stack; exit code 1 when it did not come out as it should. */
export const demo: Command = {
  usage: ['demo [--json] [--hold S] [--sabotage leak|lose-mail|double-mail|stale-rollup]'],
  options: { json: { type: 'boolean' }, hold: { type: 'string' }, sabotage: { type: 'string' } },
  run: async (invocation) => {
    noWords(invocation, 'demo')
    const { given, output } = invocation
    const json = given.json === true
    const observed = await play({
      ...placesOf(invocation),
      holdSeconds: wholeNumber('hold', text(given, 'hold')) ?? HOLD_SECONDS,
      sabotage: sabotageOf(text(given, 'sabotage')),
      say: json ? () => {} : (line) => output.line(`  ${line}`),
    })
    if (json) output.line(JSON.stringify(observed))
    else output.line(`  Settled ${observed.settledMs} ms after the hold; ${observed.foreignTokens} foreign words found`)
    return cameOut(observed) ? exitCodes.ok : exitCodes.failed
  },
}

function placesOf({ settings, workspace, apiOf }: Invocation) {
  const { kafka, mail, smtp, replies, topicPrefix } = settings
  if (kafka === undefined || mail === undefined || smtp === undefined || replies === undefined)
    throw new UsageError('the demo needs the local stack with its mail catcher: run npm start')
  const slug = workspace ?? DEFAULT_WORKSPACE
  return { api: apiOf(slug), slug, kafka, mail, smtp, replies, topicPrefix }
}

function sabotageOf(given: string | undefined): Sabotage | undefined {
  const found = sabotages.find((each) => each === given)
  if (given !== undefined && found === undefined) throw new UsageError(`--sabotage takes ${sabotages.join(', ')}`)
  return found
}

/** Whether every figure is what it must be. */
export const cameOut = ({ children, broadcast, close, replies, foreignTokens, rollupDifferences }: Observed): boolean =>
  children === 8 &&
  [broadcast.applied, broadcast.mails, close.applied, close.mails].every((count) => count === 8) &&
  replies === 1 &&
  foreignTokens === 0 &&
  rollupDifferences === 0

import type { Command } from './command.ts'

const COMMON = `
In the root of the tree umbel is: npm run -s umbel --
N is a master's number or id; an operation's id, or at least its first 8 characters.
Files are sought where you are; texts are UTF-8.

Everywhere, also before the command:
  --workspace SLUG   whose tickets (default: demo)
  -o table|json      how results are printed
  --help             this text

Exit codes: 0 done · 1 a difference was found or it failed · 2 wrong command line · 3 not reachable · 4 refused

Where the stack is: .umbel/stack.json of the current folder, or UMBEL_API, OIDC_ISSUER, KAFKA_BROKERS;
it signs in as admin@SLUG with UMBEL_PASSWORD (umbel), or uses UMBEL_TOKEN as it is; UMBEL_OPERATOR_TOKEN for operators.
`

/** The usage lines of these commands and what holds for all of them. */
export function help(commands: ReadonlyMap<string, Command>): string {
  const lines = [...commands.values()].flatMap(({ usage }) =>
    usage.map((line) => (line.startsWith(' ') ? `  ${line}` : `  umbel ${line}`)),
  )
  return `Usage:\n${lines.join('\n')}\n${COMMON}`
}

// Process edge of the CLI.
import { runCli } from './cli.ts'
import type { Sink } from './output.ts'

const sink = (stream: NodeJS.WriteStream): Sink => ({
  write: (text) => void stream.write(text),
  isTTY: stream.isTTY === true,
})

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  folder: process.cwd(),
  stdout: sink(process.stdout),
  stderr: sink(process.stderr),
})

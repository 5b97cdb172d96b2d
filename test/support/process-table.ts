import { readFileSync } from 'node:fs'
import { type Child, type ServiceProcess, type Settings, startProcess, untilServing } from '@umbel/local'

/** The running processes of a world, by name, to be killed, frozen and started again. */
export class ProcessTable implements AsyncDisposable {
  readonly #settings: Settings
  readonly #services: ReadonlyMap<string, ServiceProcess>
  readonly #children = new Map<string, Child>()

  constructor(settings: Settings, services: readonly ServiceProcess[]) {
    this.#settings = settings
    this.#services = new Map(services.map((service) => [service.name, service]))
  }

  /** Starts all and waits until each serves. */
  async startAll(): Promise<void> {
    await Promise.all([...this.#services.keys()].map((name) => this.start(name)))
  }

  /** Starts one that is not running, with settings of this start alone, and waits until it serves. */
  async start(name: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const known = this.#service(name)
    const service = { ...known, env: { ...known.env, ...env } }
    const child = await startProcess(service, this.#settings)
    this.#children.set(name, child)
    await untilServing(child, service)
  }

  /** SIGKILL: no goodbye. */
  async kill(name: string): Promise<void> {
    const child = this.#child(name)
    process.kill(child.pid, 'SIGKILL')
    await child.stop()
    this.#children.delete(name)
  }

  /** Whether it has died, or was never started. */
  ended(name: string): boolean {
    return this.#children.get(name)?.ended() ?? true
  }

  /** SIGSTOP: alive to the world, and frozen. */
  freeze(name: string): void {
    process.kill(this.#child(name).pid, 'SIGSTOP')
  }

  /** SIGCONT after a freeze. */
  thaw(name: string): void {
    process.kill(this.#child(name).pid, 'SIGCONT')
  }

  /** SIGTERM, and waits for the end. Returns the exit code; null: it had to be killed. */
  async stop(name: string): Promise<number | null> {
    const child = this.#child(name)
    await child.stop()
    this.#children.delete(name)
    return child.exitCode()
  }

  /** The running processes by their id. */
  pids(): ReadonlyMap<number, string> {
    return new Map([...this.#children].map(([name, { pid }]) => [pid, name]))
  }

  /** Everything a process has logged. */
  log(name: string): string {
    return readFileSync(this.#child(name).logFile, 'utf8')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#children.values()].map((child) => child.stop()))
  }

  #service(name: string): ServiceProcess {
    const service = this.#services.get(name)
    if (service === undefined) throw new Error(`no process ${name}: ${[...this.#services.keys()].join(', ')}`)
    return service
  }

  #child(name: string): Child {
    const child = this.#children.get(name)
    if (child === undefined) throw new Error(`${name} is not running`)
    return child
  }
}

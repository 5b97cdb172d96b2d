/** A server the stack needs, whether started here or given by its variable. */
export interface Server extends AsyncDisposable {
  /** What the services are told: a URL, a broker list or `host:port`. */
  readonly address: string
  /** True when a variable named it: nothing was started and nothing will be stopped. */
  readonly given: boolean
}

/** Where a started server keeps its files. */
export interface Folders {
  readonly dataFolder: string
  readonly logFolder: string
}

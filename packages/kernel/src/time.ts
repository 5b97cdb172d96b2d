/** Where the time comes from: handed in, so that tests and replays can tell it. */
export type Now = () => Date

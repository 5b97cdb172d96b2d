export async function writeTable(_artefact: string, _page: string): Promise<void> {}

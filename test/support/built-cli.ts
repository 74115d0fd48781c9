/** The program as it is shipped, built for this run by `built-cli-setup.ts`. */
export function builtCli(): string {
  const { KNODE_TEST_CLI: cli } = process.env;
  if (cli === undefined) throw new Error('run this by vitest with one of the configurations of the project');
  return cli;
}

import { clusterFileReference } from './generated/cluster-file-reference.ts';
import { commandReference } from './generated/command-reference.ts';
import { publish } from './generated/publish.ts';

// `npm run docs`; with `-- --check` nothing is written and a difference ends with exit code 1.
publish([clusterFileReference(), ...(await commandReference())], 'docs');

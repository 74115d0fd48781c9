import { clusterFileReference } from './generators/cluster-file-reference.ts';
import { commandReference } from './generators/command-reference.ts';
import { housePicture } from './generators/house-picture.ts';
import { publish } from './generators/publish.ts';

// `npm run docs`; with `-- --check` nothing is written and a difference ends with exit code 1.
publish([clusterFileReference(), housePicture(), ...(await commandReference())], 'docs');

import { schemaFiles } from './generators/cluster-schema.ts';
import { publish } from './generators/publish.ts';

// `npm run schema`; with `-- --check` nothing is written and a difference ends with exit code 1.
publish(schemaFiles(), 'schema');

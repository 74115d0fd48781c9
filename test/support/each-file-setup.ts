/** What every test file gets: the matcher of exit codes, and the removal of its temporary folders at its end. */
import { afterAll } from 'vitest';
import './exit-matcher.ts';
import { removeTempFolders } from './temp-folder.ts';

// Hooks run in reverse order: this one, the first, comes after all of the file's own.
afterAll(removeTempFolders);

#!/usr/bin/env node
import { join } from 'node:path';
import { keepCompiledCode } from './cli/compile-cache.ts';

// Everything else is loaded after this call, because compiled code is looked for while a file is loaded.
keepCompiledCode(join(import.meta.dirname, 'parts'));
void import('./cli/main.ts').then(({ main }) => main());
